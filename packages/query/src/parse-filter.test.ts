import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVERY_RUN } from "./filter";
import { filterArbitrary, placeless, soupArbitrary } from "./filter.test-util";
import { FilterError } from "./filter-error";
import { parseFilter } from "./parse-filter";
import { printFilter } from "./print-filter";

const print = (text: string): string => printFilter(parseFilter(text));

function failure(text: string): FilterError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  return expect.fail(`${JSON.stringify(text)} is read`);
}

describe("a filter", () => {
  test("of nothing is true of every run", () => {
    for (const text of ["", "  ", "\n\t"]) expect(parseFilter(text)).toEqual(EVERY_RUN);
  });

  test.each([
    ["seed 3 baseline", "seed 3 baseline"],
    ["100% a,b [x] x..y eval/loss", '100% "a,b" "[x]" "x..y" eval/loss'],
    ["state=running", "state:running"],
    ["state:run tag=base name:alpha", "state:run tag:base name:alpha"],
    ["tag=a:b", 'tag:"a:b"'],
    ["tag:[a, b] started>-7d", "tag:[a, b] started>-7d"],
    ["config.lr<1e-2 last(loss)<0.2 onset(patch)<500", "config.lr<1e-2 last(loss)<0.2 onset(patch)<500"],
    ["config.optimizer=adam OR has:config.momentum", "config.optimizer=adam OR has:config.momentum"],
    ["-is:archived", "-is:archived"],
    ["NOT is:archived AND -(a | b c)", "-is:archived -(a OR b c)"],
    ["a OR b AND c | d", "a OR b c OR d"],
    ["(a OR b) c", "(a OR b) c"],
    ["config.lr=null config.lr!=null config.lr != 0.1", "-has:config.lr has:config.lr config.lr!=0.1"],
    ["config.lr:1e-4..1e-2 step:10k .. 20k", "config.lr:1e-4..1e-2 step:10k..20k"],
    ["config.path:../data", 'config.path:"../data"'],
    ['config."my rate">3 config.v="3"', 'config."my rate">3 config.v="3"'],
    ['name="seed 1" name!="seed 1" name:"d 1"', 'name="seed 1" name!="seed 1" name:"d 1"'],
    ["name~/^seed \\d+$/ name!~x /a\\/b/", "name~/^seed \\d+$/ name!~/x/ /a\\/b/"],
    [
      "duration>=2h finished=2026-01-31 seen<2026-01-31T12:30",
      "duration>=2h finished=2026-01-31 seen<2026-01-31T12:30",
    ],
    ["last(eval/loss@10k)<1 state(patch)=functional", "last(eval/loss@10000)<1 state(patch)=functional"],
    ['min("my loss")>-inf last(loss)=nan', 'min("my loss")>-inf last(loss)=nan'],
  ])("%s", (text, printed) => {
    expect(print(text)).toBe(printed);
    expect(print(printed)).toBe(printed);
  });

  test("may have its comparisons spaced out, and small words that join elsewhere", () => {
    expect(print("state = running and step  >=  5")).toBe("state:running and step>=5");
  });

  test("that is printed reads as the same", () => {
    fc.assert(
      fc.property(filterArbitrary, (filter) => {
        expect(placeless(parseFilter(printFilter(filter)))).toEqual(placeless(filter));
      }),
      { numRuns: 500 },
    );
  });

  test("of any text is read, or refused at a place of it with what would fit; what is read prints as itself", () => {
    const read = (text: string) => {
      try {
        return parseFilter(text);
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        const { from, to } = error.place;
        expect([from >= 0, from <= to, to <= text.length]).toEqual([true, true, true]);
        expect(error.fits.length).toBeGreaterThan(0);
        expect(error.hint).not.toBe("");
        return null;
      }
    };
    let count = 0;
    const check = (text: string): void => {
      const filter = read(text);
      if (filter === null) return;
      count++;
      expect(placeless(parseFilter(printFilter(filter)))).toEqual(placeless(filter));
    };
    fc.assert(fc.property(soupArbitrary, check), { numRuns: 3000 });
    fc.assert(fc.property(fc.string({ unit: "binary" }), check), { numRuns: 500 });
    expect(count).toBeGreaterThan(100);
  });

  test("that is cut off anywhere, or has a sign too many anywhere, is read or refused", () => {
    fc.assert(
      fc.property(
        filterArbitrary,
        fc.nat(),
        fc.constantFrom("", '"', "(", ")", "/", "[", "\\", "-"),
        (filter, at, sign) => {
          const text = printFilter(filter);
          const cut = at % (text.length + 1);
          for (const spoilt of [text.slice(0, cut), text.slice(0, cut) + sign + text.slice(cut)]) {
            try {
              parseFilter(spoilt);
            } catch (error) {
              expect(error).toBeInstanceOf(FilterError);
            }
          }
        },
      ),
    );
  });
});

describe("a filter that cannot be read says where, and what would fit", () => {
  test.each([
    ["lr<3", 0, 2, "config.lr"],
    ["state=running sate=x", 14, 18, "state"],
    ["started>yesterday", 8, 17, "-7d (so long ago)"],
    ["started=-7d", 8, 11, "-7d behind > or <"],
    ["started:2026-02-30", 8, 18, "a day such as 2026-01-31"],
    ["step>many", 5, 9, "a number such as 3e-4 or 10k"],
    ["name<3", 4, 5, "~"],
    ["step~3", 4, 5, ">="],
    ["state=done", 6, 10, "finished"],
    ["state(patch)=lots", 13, 17, "vestigial"],
    ["is:fine", 3, 7, "running"],
    ["tag:[a, b", 4, 5, "]"],
    ["tag=a(b)", 5, 6, "quotes"],
    ["a (b c", 2, 3, ")"],
    ["a b)", 3, 4, "quotes around it"],
    ["a OR", 4, 4, "a word"],
    ["OR a", 0, 2, "a word"],
    ["config.lr<", 10, 10, "a number such as 3e-4"],
    ["config.lr<adam", 10, 14, "a number such as 3e-4 or 10k"],
    ["config.lr<null", 10, 14, "a number such as 3e-4"],
    ["median(loss)<3", 0, 6, "mean(…)"],
    ["last(loss@soon)<3", 10, 14, "a number such as 500 or 10k"],
    ['name:"seed', 5, 10, '"'],
    ["name~/a(/", 7, 9, ")"],
    ["name~/(a)\\1/", 9, 12, "\\d"],
    ["name~/a(?=b)/", 7, 13, "(?:…)"],
    ["name~/[^\\W_]/", 6, 13, "\\d, \\w or \\s within [^…]"],
    ["name~/[!-\uffff]/", 7, 12, "a-z"],
    ["name~/a{300}/", 7, 13, "{0,255}"],
  ])("%s", (text, from, to, fits) => {
    const error = failure(text);
    expect({ text, place: error.place }).toEqual({ text, place: { from, to } });
    expect(error.fits).toContain(fits);
    expect(error.message).toContain(`character ${from + 1}:`);
    expect(error.toWire()).toMatchObject({ code: "bad_request", place: { from, to } });
  });

  test("however hostile it is", () => {
    for (const text of [
      "(".repeat(10_000),
      "-".repeat(10_000),
      "NOT ".repeat(999),
      "(".repeat(2000) + ")".repeat(2000),
      "a ".repeat(2000),
      `tag:[${"a,".repeat(1900)}a]`,
      "x".repeat(1_000_000),
      `name~/${"(?:a{255}){255}"}/`,
      `name~/${"(".repeat(100)}/`,
    ]) {
      expect(failure(text).fits.length).toBeGreaterThan(0);
    }
  });
});
