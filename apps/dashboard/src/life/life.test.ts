import type { Feature, RunEvent } from "@tailbone/protocol/http";
import type { Estimate } from "@tailbone/protocol/reading";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FeatureReading } from "../live/features";
import { describeReading, formatPercent, movesState, thresholdsOf } from "./evidence";
import { rangeOfSeries } from "./evidence-series";
import { laneOf } from "./lanes";
import { nearestStep, pixelOfStep, spanOfLanes, stepAtPixel, stepAxis } from "./step-axis";

const reading = (step: number, changes: Partial<FeatureReading> = {}): FeatureReading => ({
  step,
  timeMs: step,
  encoded: null,
  used: null,
  benefit: null,
  learnt: null,
  untrained: null,
  intervention: null,
  shift: null,
  marks: [],
  note: "",
  ...changes,
});

const estimate = (value: number, low: number, high: number): Estimate => ({
  value,
  low,
  high,
  n: 2756,
  control: null,
  unit: "share",
});

const feature = (steps: readonly number[], changes: Partial<Feature> = {}): Feature => ({
  name: "patch",
  layer: "hidden_2",
  settings: {},
  state: "absent",
  readings: steps.map((step) => reading(step)),
  ...changes,
});

const event = (
  from: RunEvent["from"],
  to: RunEvent["to"],
  after: number | null,
  by: number,
  name = "patch",
): RunEvent => ({
  id: `${name} ${from} ${to} ${by}`,
  timeMs: 0,
  feature: name,
  from,
  to,
  after,
  by,
  decidedAt: by,
  test: "test",
  alpha: 0.001,
  eValue: null,
  readings: [],
  sentence: "",
  claim: { time: "developmental", ground: "causal" },
});

describe("a lane", () => {
  const steps = [0, 1, 2, 4, 8, 16, 32, 64];

  test("is one state where nothing has happened, from its first reading to its last", () => {
    expect(laneOf(feature(steps), [])).toMatchObject({
      state: "absent",
      spans: [{ state: "absent", start: { after: 0, by: 0 }, end: { after: 64, by: 64 } }],
      sentence: "absent so far",
    });
    expect(laneOf(feature([]), [])).toMatchObject({ spans: [], sentence: "not measured yet" });
  });

  test("changes its state within the interval of each event, in whatever order they come", () => {
    const events = [
      event("latent", "functional", 16, 32),
      event("absent", "latent", 2, 4),
      event("absent", "lost", 1, 2, "other"),
    ];
    const lane = laneOf(feature(steps), events);
    expect(lane.spans).toEqual([
      { state: "absent", start: { after: 0, by: 0 }, end: { after: 2, by: 4 } },
      { state: "latent", start: { after: 2, by: 4 }, end: { after: 16, by: 32 } },
      { state: "functional", start: { after: 16, by: 32 }, end: { after: 64, by: 64 } },
    ]);
    expect(lane.sentence).toBe("functional since 16–32");
    expect(lane.state).toBe("functional");
  });

  test("says what was there before any training", () => {
    const inherited = event("absent", "latent", null, 0);
    expect(laneOf(feature(steps), [inherited])).toMatchObject({
      spans: [{ state: "latent", start: { after: 0, by: 0 } }],
      sentence: "latent from the start (inherited)",
    });
    expect(laneOf(feature(steps), [inherited, event("latent", "spandrel", 32, 64)]).sentence).toBe(
      "spandrel (inherited)",
    );
  });

  test("is a spandrel for as long as it had been latent", () => {
    const lane = laneOf(feature(steps), [event("absent", "latent", 2, 4), event("latent", "spandrel", 32, 64)]);
    expect(lane.spans.map(({ state, start }) => [state, start.by])).toEqual([
      ["absent", 0],
      ["spandrel", 4],
    ]);
  });

  test("does not reach beyond what was measured", () => {
    const skipped = feature([], { readings: [reading(0), reading(8), reading(16, { marks: ["skipped"] })] });
    expect(laneOf(skipped, []).spans.at(-1)?.end).toEqual({ after: 8, by: 8 });
  });

  test("has no gaps and never goes back, whatever the events say", () => {
    const step = fc.integer({ min: 0, max: 100 });
    const anEvent = fc
      .tuple(fc.option(step), step)
      .map(([after, by]) => event("latent", "functional", after === null ? null : Math.min(after, by), by));
    fc.assert(
      fc.property(fc.array(anEvent), fc.array(step, { minLength: 1 }), (events, measured) => {
        const { spans } = laneOf(feature(measured), events);
        for (const [index, { start, end }] of spans.entries()) {
          expect(start.after).toBeLessThanOrEqual(start.by);
          expect(start.by).toBeLessThanOrEqual(end.by);
          const next = spans[index + 1];
          if (next !== undefined) expect(next.start).toEqual(end);
        }
      }),
    );
  });
});

describe("the axis of steps", () => {
  test("has a place for 0 and gives early steps room, when it is logarithmic", () => {
    const axis = stepAxis("log", { from: 0, to: 5000 });
    const at = (step: number): number => pixelOfStep(step, axis, 800, 6);
    expect(at(0)).toBe(6);
    expect(at(5000)).toBe(794);
    expect(at(70)).toBeGreaterThan(390);
    const linear = stepAxis("linear", { from: 0, to: 5000 });
    expect(pixelOfStep(2500, linear, 800, 6)).toBe(400);
  });

  test("finds the step of a pixel again", () => {
    const spans = fc.tuple(fc.integer({ min: -100, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }));
    fc.assert(
      fc.property(
        spans,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom("log", "linear"),
        (span, share, scale) => {
          const [from, size] = span;
          const axis = stepAxis(scale === "log" ? "log" : "linear", { from, to: from + size });
          const step = from + share * size;
          const found = stepAtPixel(pixelOfStep(step, axis, 700, 6), axis, 700, 6);
          expect(Math.abs(found - step)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(step)));
        },
      ),
    );
  });

  test("shows every reading, and is never empty", () => {
    expect(spanOfLanes([], [], null)).toEqual({ from: 0, to: 1 });
    expect(spanOfLanes([], [feature([0, 512])], 400)).toEqual({ from: 0, to: 512 });
    expect(spanOfLanes([], [feature([0, 512])], 6000)).toEqual({ from: 0, to: 6000 });
  });

  test("takes the reading that is drawn nearest", () => {
    const axis = stepAxis("log", { from: 0, to: 1000 });
    expect(nearestStep([0, 1, 10, 100], 40, axis)).toBe(100);
    expect(nearestStep([], 40, axis)).toBeNull();
  });
});

describe("a reading in words", () => {
  const limits = thresholdsOf({ settings: {} });
  const vestige = reading(4953, {
    intervention: "swap",
    used: estimate(0.004, 0.003, 0.005),
    benefit: estimate(0.02, 0.01, 0.03),
    encoded: estimate(0.83, 0.8, 0.86),
    learnt: 0.9,
  });

  const served = reading(100, { benefit: estimate(0.2, 0.17, 0.23) });
  const describe = (one: FeatureReading, ...before: FeatureReading[]): string =>
    describeReading(feature([], { readings: [...before, one] }), one);

  test("tells that a feature is readable and no longer used", () => {
    expect(describe(vestige, served)).toBe(
      "Swapping patch changes 0.4\u00a0% of what the output depends on (95 % interval 0.3–0.5\u00a0%, n = 2\u202f756) and costs " +
        "2\u00a0% of what the model has learnt: not used. A probe still reads it (0.83 of its entropy). Developmental, causal.",
    );
  });

  test("does not say still of what has never served", () => {
    expect(describe(vestige, reading(1))).toContain("A probe reads it");
  });

  test("tells that a feature is used, and by which intervention that is known", () => {
    const used = {
      ...vestige,
      intervention: "leace",
      used: estimate(0.09, 0.08, 0.1),
      benefit: estimate(0.2, 0.17, 0.23),
    } as const;
    expect(describe(used)).toMatch(/^Erasing patch changes 9\s% .* costs 20\s% .*: used\. A probe reads it \(0\.83/);
  });

  test("says nothing of use while the model has learnt too little, nor where intervals are wide", () => {
    expect(describe({ ...vestige, learnt: 0.01 })).toContain("not learnt enough yet");
    expect(describe({ ...vestige, benefit: estimate(0.04, -0.02, 0.1) })).toContain("undecided");
  });

  test("owns up to what is wrong with it", () => {
    expect(describe(reading(8, { marks: ["skipped"] }))).toBe("Step 8 was not measured: measuring was behind.");
    const marked = { ...vestige, marks: ["off_distribution" as const] };
    expect(describe(marked)).toContain("Off distribution");
    expect(movesState(marked)).toBe(false);
    expect(movesState({ marks: ["few_examples"] })).toBe(true);
    expect(describe(reading(8))).toBe("Nothing was measured here.");
  });

  test("claims no more than was done", () => {
    expect(describe(vestige)).toContain("Atemporal, causal.");
    expect(describe({ ...vestige, used: null, benefit: null }, served)).toContain("Developmental, correlational.");
    expect(describe({ ...vestige, intervention: null }, served)).toMatch(
      /^Patch accounts for 0\.4\s% .* and brings 2\s% .* Developmental, observational\.$/,
    );
  });

  test("gives shares in hundredths, with as many digits as matter", () => {
    expect([0, 0.0004, 0.004, 0.05, 0.123, 1.04, -0.02].map(formatPercent)).toEqual([
      "0\u00a0%",
      "0.04\u00a0%",
      "0.4\u00a0%",
      "5\u00a0%",
      "12\u00a0%",
      "104\u00a0%",
      "−2\u00a0%",
    ]);
  });

  test("is drawn whole: no interval and no threshold lies beyond the axis", () => {
    const range = rangeOfSeries("benefit", [reading(0, { benefit: estimate(-0.14, -0.21, -0.07) }), vestige], limits);
    expect(range.from).toBeLessThan(-0.21);
    expect(range.to).toBeGreaterThan(limits.benefitOn);
    expect(rangeOfSeries("encoded", [], limits).to).toBeGreaterThanOrEqual(1);
  });
});
