import { completeSettings } from "@tailbone/lifecycle/settings";
import type { Feature, RunEvent } from "@tailbone/protocol/http";
import type { Estimate } from "@tailbone/protocol/reading";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPercent } from "../format/number";
import type { FeatureReading } from "../live/features";
import { rangeOfSeries } from "./evidence-series";
import { laneOf } from "./lanes";
import { saidOf } from "./reading-said";
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
  doubt: null,
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
  doubt: null,
  after,
  by,
  decidedAt: by,
  test: "test",
  alpha: 0.001,
  eValue: null,
  readings: [],
  sentence: "",
  evidence: "",
  claim: { time: "developmental", ground: "causal", means: "swap", layer: null },
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

  test("says that a state is undecided and why, with the layer and the method, and changes no state by that", () => {
    const erased = (step: number, value: number): FeatureReading =>
      reading(step, {
        intervention: "leace",
        used: estimate(value, value, value),
        benefit: estimate(value, value, value),
      });
    const byErasure = { time: "developmental", ground: "causal", means: "leace", layer: "hidden_2" } as const;
    const emerged = { ...event("absent", "functional", 16, 32), claim: byErasure };
    const doubted = { ...event("functional", "functional", 40, 50), doubt: "erasure" as const, claim: byErasure };
    const served = feature([], { readings: [erased(16, 0), erased(32, 0.2)] });
    expect(laneOf(served, [emerged]).sentence).toBe("functional since 16–32, by LEACE at hidden_2");
    const lane = laneOf({ ...served, readings: [...served.readings, erased(64, 0)] }, [emerged, doubted]);
    expect(lane).toMatchObject({ state: "functional", doubt: "erasure" });
    expect(lane.sentence).toBe(
      "functional since 16–32; undecided: LEACE at hidden_2 shows no use, and one layer's erasure ends no life",
    );
    expect(lane.spans.map(({ state }) => state)).toEqual(["absent", "functional"]);
  });

  test("of a latent feature says whether no use is known, or no benefit shown yet", () => {
    const latent = event("absent", "latent", 2, 4);
    const readWith = (used: number) =>
      feature([], {
        readings: [reading(8, { intervention: "swap", used: estimate(used, used, used), benefit: estimate(0, 0, 0) })],
      });
    expect(laneOf(readWith(0.3), [latent]).sentence).toBe("latent since 2–4: no benefit shown yet");
    expect(laneOf(readWith(0), [latent]).sentence).toBe("latent since 2–4, not used");
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
  const vestige = reading(4953, {
    intervention: "swap",
    used: estimate(0.004, 0.003, 0.005),
    benefit: estimate(0.02, 0.01, 0.03),
    encoded: estimate(0.83, 0.8, 0.86),
    learnt: 0.9,
  });

  const served = reading(100, { benefit: estimate(0.2, 0.17, 0.23) });
  const say = (one: FeatureReading, ...before: FeatureReading[]) =>
    saidOf(feature([], { readings: [...before, one] }), one);

  test("tells in a line that a feature is readable and no longer used, and beneath it what that rests on", () => {
    expect(say(vestige, served)).toEqual({
      line: "Not used; a probe still reads it.",
      evidence:
        "Swapping patch changes 0.4\u00a0% of what the output depends on (95 % interval 0.3–0.5\u00a0%, n = 2\u202f756) and costs " +
        "2\u00a0% of what the model has learnt (95 % interval 1–3\u00a0%, n = 2\u202f756). A probe at hidden_2 reads 83\u00a0% of patch's entropy " +
        "(95 % interval 80–86\u00a0%, n = 2\u202f756). Developmental, causal (swap).",
    });
  });

  test("does not say still of what has never served", () => {
    expect(say(vestige, reading(1)).line).toBe("Not used; a probe reads it.");
  });

  test("tells that a feature is used, by which erasure and at which layer that is known", () => {
    const used = {
      ...vestige,
      intervention: "leace",
      used: estimate(0.09, 0.08, 0.1),
      benefit: estimate(0.2, 0.17, 0.23),
    } as const;
    expect(say(used).line).toBe("Used; a probe reads it.");
    expect(say(used).evidence).toMatch(/^Erasing patch at hidden_2 by LEACE changes 9\s% .* costs 20\s% /);
    expect(say({ ...vestige, intervention: "leace" }).line).toContain("Undecided: LEACE at hidden_2 shows no use");
  });

  test("is used where `used` alone was measured, as the hub has it", () => {
    expect(say(reading(8, { used: estimate(0.2, 0.17, 0.23) })).line).toBe("Used.");
  });

  test("says nothing of use while the model has learnt too little, nor where intervals are wide", () => {
    const young = { ...vestige, learnt: 0.01, used: estimate(0.1, 0.08, 0.12) };
    expect(say(young).line).toContain("The model has not learnt enough yet");
    expect(say({ ...vestige, benefit: estimate(0.04, -0.02, 0.1) }).line).toContain("Undecided");
  });

  test("owns up to what is wrong with it", () => {
    expect(say(reading(8, { marks: ["skipped"] })).line).toBe("Not measured: measuring was behind.");
    const marked = { ...vestige, marks: ["off_distribution" as const] };
    expect(say(marked).line).toMatch(/^Off distribution.*moves no state\.$/);
    expect(say(reading(8)).line).toBe("Nothing was measured here.");
  });

  test("claims no more than was done", () => {
    expect(say(vestige).evidence).toContain("Atemporal, causal (swap).");
    expect(say({ ...vestige, used: null, benefit: null }, served).evidence).toContain(
      "Developmental, correlational (a probe at hidden_2).",
    );
    expect(say({ ...vestige, intervention: null }, served).evidence).toMatch(
      /^Patch accounts for 0\.4\s% .* and brings 2\s% .* Developmental, observational \(the script's own means\)\.$/,
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
    const range = rangeOfSeries(
      "benefit",
      [reading(0, { benefit: estimate(-0.14, -0.21, -0.07) }), vestige],
      completeSettings({}),
    );
    expect(range.from).toBeLessThan(-0.21);
    expect(range.to).toBeGreaterThan(completeSettings({}).benefitOn);
    expect(rangeOfSeries("encoded", [], completeSettings({})).to).toBeGreaterThanOrEqual(1);
  });
});
