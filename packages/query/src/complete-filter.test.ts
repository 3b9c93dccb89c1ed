import fc from "fast-check";
import { expect, test } from "vitest";
import { completeFilter } from "./complete-filter";
import { soupArbitrary } from "./filter.test-util";

const known = {
  config: ["lr", "optimizer", "my rate"],
  series: ["loss", "eval/loss"],
  features: ["patch"],
  values: { tag: ["baseline", "my tag"], "config.optimizer": ["adam", "sgd"] },
};

/** The filter with the cursor at `^`, with each of what could stand there. */
function complete(marked: string): string[] {
  const cursor = marked.indexOf("^");
  const text = marked.replace("^", "");
  const { place, options } = completeFilter(text, cursor, known);
  return options.map((option) => text.slice(0, place.from) + option.text + text.slice(place.to));
}

test.each([
  ["sta^", "state:", "started"],
  ["sta^te=running", "state:=running"],
  ["a conf^", "a config.lr", 'a config."my rate"'],
  ["has:mom^"],
  ["has:opt^", "has:config.optimizer"],
  ["-is:arch^", "-is:archived"],
  ["(a OR ^", "(a OR name:"],
  ["lo^", "last(loss)", "mean(eval/loss)"],
  ["last(ev^)<3", "last(eval/loss)<3"],
  ["onset(^", "onset(patch"],
  ["state=fin^", "state=finished"],
  ["state(patch)=vest^", "state(patch)=vestigial"],
  ["tag:[baseline, my^", 'tag:[baseline, "my tag"'],
  ["config.optimizer=^", "config.optimizer=adam", "config.optimizer=sgd"],
  ["started>^", "started>-7d"],
  ["state:x) OR nam^"],
])("%s", (marked, ...expected) => {
  const found = complete(marked);
  expect(found).toEqual(expect.arrayContaining(expected));
  if (expected.length === 0) expect(found).toEqual([]);
});

test("what could stand behind nothing begins with what a run has", () => {
  expect(complete("^").slice(0, 3)).toEqual(["name:", "id:", "number"]);
});

test("at any cursor in any text there is an answer, and it replaces what is there", () => {
  fc.assert(
    fc.property(soupArbitrary, fc.nat(), (text, at) => {
      const cursor = at % (text.length + 1);
      const { place } = completeFilter(text, cursor, known);
      expect([place.from <= cursor, cursor <= place.to, place.to <= text.length]).toEqual([true, true, true]);
    }),
    { numRuns: 1000 },
  );
});
