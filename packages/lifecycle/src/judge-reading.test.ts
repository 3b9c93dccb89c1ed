import type { Estimate, Reading } from "@tailbone/protocol/reading";
import { interventionSchema, readingMarkSchema } from "@tailbone/protocol/reading";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeReading, type UseVerdict } from "./judge-reading";
import { estimate, readingOf } from "./reading.test-util";
import { type RunLife, reduceReading, startLife, stateOf } from "./run-life";
import { sayReading } from "./say-reading";
import { DEFAULT_SETTINGS } from "./settings";

const judge = (reading: Reading) => judgeReading(reading, DEFAULT_SETTINGS, { layer: "hidden" });

/** The same again and again, until evidence has gathered. */
function repeat(reading: Reading, before: RunLife, from: number): RunLife {
  let life = before;
  for (let step = from; step < from + 30; step++) life = reduceReading(life, { ...reading, step }).life;
  return life;
}

/** A life in which the feature serves. */
const SERVING = repeat(readingOf(0, { encoded: 0.6, used: 0.2, benefit: 0.3 }), startLife(), 0);

const ENDED = ["vestigial", "lost"];
const BEGUN = ["functional", "anomaly"];

/**
 * What must come of readings with this verdict, many times over: of a life that has not begun, and of one that serves.
 */
const FOLLOWS: Readonly<Record<UseVerdict, { begins: boolean | null; ends: boolean | null }>> = {
  used: { begins: true, ends: false },
  unused: { begins: false, ends: true },
  unseen: { begins: false, ends: false },
  // Not significant alone; together they may be, for it or against it.
  "no benefit shown": { begins: null, ends: false },
  undecided: { begins: null, ends: null },
  "not learnt enough": { begins: false, ends: null },
  "not measured": { begins: false, ends: false },
};

const anyEstimate = (min: number, max: number): fc.Arbitrary<Estimate | null> =>
  fc.option(
    fc
      .tuple(fc.double({ min, max, noNaN: true }), fc.double({ min: 0.001, max: 0.2, noNaN: true }))
      .map(([value, half]) => estimate(value, half)),
  );

const anyReading: fc.Arbitrary<Reading> = fc
  .record({
    encoded: anyEstimate(0, 1),
    used: anyEstimate(0, 0.2),
    benefit: anyEstimate(-0.2, 0.6),
    learnt: fc.option(fc.double({ min: 0, max: 0.2, noNaN: true })),
    intervention: fc.constantFrom(...interventionSchema.options, null),
    marks: fc.uniqueArray(fc.constantFrom(...readingMarkSchema.options), { maxLength: 1 }),
  })
  .map((one) => ({ ...readingOf(0, {}), ...one }));

test("the judge and the reducer agree on any reading: what it says is what comes of it", () => {
  fc.assert(
    fc.property(anyReading, (reading) => {
      const { muteBy, use } = judge(reading);
      const fresh = stateOf(repeat(reading, startLife(), 0), "patch");
      const served = stateOf(repeat(reading, SERVING, 30), "patch");
      if (muteBy !== null) {
        expect([fresh?.state, served?.state, served?.doubt]).toEqual(["absent", "functional", null]);
        return;
      }
      const { begins, ends } = FOLLOWS[use];
      const isSimple = reading.used === null && reading.benefit === null;
      if (begins !== null && !isSimple) expect([use, BEGUN.includes(fresh?.state ?? "")]).toEqual([use, begins]);
      if (ends !== null) expect([use, ENDED.includes(served?.state ?? "")]).toEqual([use, ends]);
      if (use === "unseen") expect(served).toMatchObject({ state: "functional", doubt: "erasure" });
    }),
    { numRuns: 300 },
  );
});

describe("a reading", () => {
  test("with `used` alone measured is used where the hub says functional", () => {
    expect(judge(readingOf(0, { used: 0.2 })).use).toBe("used");
  });

  test("of a task not learnt is not used where its outputs do not depend on it, and else tells nothing", () => {
    expect(judge(readingOf(0, { used: 0.001, benefit: 0.5, learnt: 0.01 })).use).toBe("unused");
    expect(judge(readingOf(0, { used: 0.2, benefit: 0.5, learnt: 0.01 })).use).toBe("not learnt enough");
  });

  test("whose outputs clearly depend on it, and that gains nothing by it, shows no benefit yet", () => {
    const reading = readingOf(0, { encoded: 0.8, used: 0.3, benefit: 0.01 });
    expect(judge(reading).use).toBe("no benefit shown");
    expect(sayReading(reading, CONTEXT).line).toContain("No benefit shown yet");
  });

  test("by an erasure names its method and its layer, and claims no more than that", () => {
    const erased = readingOf(0, { used: 0, benefit: 0 }, { intervention: "leace" });
    const said = sayReading(erased, CONTEXT);
    expect(said.line).toBe(
      "Undecided: LEACE at hidden shows no use, and one layer's erasure does not show that there is none.",
    );
    expect(said.evidence).toContain("Erasing patch at hidden by LEACE changes 0\u00a0%");
    expect(said.evidence).toContain("Developmental, causal (LEACE at hidden, one layer).");
  });

  test("that a script has made claims no cause, unless it says what it did", () => {
    const own = readingOf(0, { used: 0.2 }, { intervention: null });
    expect(judge(own).claim.ground).toBe("observational");
    expect(judge({ ...own, intervention: "own" }).claim.ground).toBe("observational");
    expect(judge({ ...own, intervention: "swap" }).claim.ground).toBe("causal");
  });
});

const CONTEXT = { feature: "patch", layer: "hidden", settings: DEFAULT_SETTINGS, isAlone: false, hasServed: false };

describe("what it costs is said", () => {
  const evidenceOf = (benefit: number): string => sayReading(readingOf(0, { benefit }), CONTEXT).evidence;

  test("as a share where it is one", () => {
    expect(evidenceOf(0.31)).toContain("costs 31\u00a0% of what the model has learnt (95 % interval 30–33\u00a0%");
  });

  test("as a multiple where it is more than all", () => {
    expect(evidenceOf(4.68)).toContain("costs 4.7 times what the model has learnt (95 % interval 4.7–4.7");
  });

  test("as a gain where the model does better without it, and as nothing where that does not show", () => {
    expect(evidenceOf(-0.187)).toContain("gains 0.19 times what the model has learnt (95 % interval 0.17–0.2");
    expect(evidenceOf(-0.002)).toContain("costs nothing that shows of what the model has learnt");
    for (const benefit of [-0.187, 4.68]) expect(evidenceOf(benefit)).not.toMatch(/−\d|468/);
  });
});
