import type { LifecycleEvent } from "@tailbone/protocol/lifecycle";
import type { Intervention } from "@tailbone/protocol/reading";
import { describe, expect, test } from "vitest";
import { readingOf, type Shown } from "./reading.test-util";
import { declareFeature, finishLife, reduceReading, startLife } from "./run-life";
import { TESTS } from "./transitions";

/** All that is told of a feature whose readings are these, step by step, to the end. */
function tell(shown: readonly Shown[], intervention: Intervention | null = "swap"): LifecycleEvent[] {
  let life = declareFeature(startLife(), "shape", { layer: "hidden_1" });
  const events: LifecycleEvent[] = [];
  for (const [step, one] of shown.entries()) {
    const next = reduceReading(life, readingOf(step, one, { intervention, feature: "shape" }));
    life = next.life;
    events.push(...next.events);
  }
  return [...events, ...finishLife(life).events];
}

const times = (count: number, shown: Shown): Shown[] => Array.from({ length: count }, () => shown);
const IDLE: Shown = { encoded: 0.7, used: 0, benefit: 0 };
const SERVING: Shown = { encoded: 0.7, used: 0.9, benefit: 4.68 };
/** The untrained model of the demo: its outputs depend on the shape, and nothing has been learnt. */
const UNTRAINED: Shown = { encoded: 0.7, used: 0.939, benefit: -0.187, learnt: 0.01 };

describe("what is said of an event", () => {
  test("is one short line: what happened, and when", () => {
    const events = tell([...times(3, UNTRAINED), ...times(10, SERVING), ...times(3, IDLE)]);
    expect(events.map(({ sentence }) => sentence)).toEqual([
      "shape became encoded at step 0 or before; no benefit is shown yet.",
      "shape emerged (became functional) between steps 2 and 3.",
      "shape turned vestigial between steps 12 and 13.",
    ]);
  });

  test("names the test that decided, and why the other series does not", () => {
    const [encoded, used, unused] = tell([...times(3, UNTRAINED), ...times(10, SERVING), ...times(3, IDLE)]);
    // That 94 % of the outputs depend on it is no contradiction, and says so.
    expect(encoded?.evidence).toMatch(/^The probe decided: a probe at hidden_1 reads 70\s% .*encoded above 10\s%\./);
    expect(encoded?.evidence).toContain(
      "What the model does without it does not decide that: swapping shape changes 94",
    );
    expect(encoded?.evidence).toMatch(
      /The model has learnt 1\s%, below 5\s% of what there is to learn: its benefit is no more than noise\./,
    );
    expect(encoded?.evidence).not.toMatch(/costs|gains|brings/);
    expect(used?.evidence).toContain("The benefit decided: swapping shape");
    expect(used?.evidence).toContain("costs 4.7 times what the model has learnt");
    expect(unused?.evidence).toContain("Both series of use decided, by equivalence");
    expect(unused?.evidence).toContain("what is encoded need not be used");
    for (const { evidence } of [encoded, used, unused].flatMap((event) => event ?? [])) {
      expect(evidence).not.toMatch(/46\d\s%|−18/);
    }
  });

  test("names the test that was run for each finding, and for what is decided at the end its own", () => {
    const events = tell(times(12, IDLE));
    expect(events.map(({ to, test }) => [to, test])).toEqual([
      ["latent", TESTS.encoded],
      ["spandrel", TESTS["ended unused"]],
    ]);
    expect(TESTS["ended unused"]).toBe("product of e-values of equivalence");
  });

  test("claims as much as the last intervention allows, at the end as well", () => {
    const claimOf = (intervention: Intervention | null) => tell(times(12, IDLE), intervention).at(-1)?.claim;
    expect(claimOf("swap")).toMatchObject({ ground: "causal", means: "swap" });
    // A script's own readings assume no swap.
    expect(claimOf(null)).toMatchObject({ ground: "observational", means: "own" });
    expect(tell(times(12, IDLE), null).at(-1)?.evidence).toContain(
      "Developmental, observational (the script's own means).",
    );
  });
});
