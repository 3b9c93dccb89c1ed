import type { LifecycleEvent } from "@tailbone/protocol/lifecycle";
import { FEATURE_STATES, type Reading } from "@tailbone/protocol/reading";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readingOf, type Shown } from "./reading.test-util";
import { finishLife, type RunLife, reduceReading, startLife, stateOf } from "./run-life";

function live(readings: readonly Reading[], before = startLife()): { life: RunLife; events: LifecycleEvent[] } {
  let life = before;
  const events: LifecycleEvent[] = [];
  for (const reading of readings) {
    const next = reduceReading(life, reading);
    life = next.life;
    events.push(...next.events);
  }
  return { life, events };
}

const path = (events: readonly LifecycleEvent[]): string[] => events.map(({ from, to }) => `${from} -> ${to}`);
const series = (shown: readonly (readonly [step: number, shown: Shown])[]): Reading[] =>
  shown.map(([step, one]) => readingOf(step, one));

/** The patch of the digits example as it was measured: rho .85, then .1 from step 1200 on. */
const REPAIRED = series([
  [0, { encoded: 0.02, used: 0.06, benefit: -0.14, learnt: 0 }],
  [8, { encoded: 0.3, used: 0.08, benefit: 0.2 }],
  [32, { encoded: 0.6, used: 0.09, benefit: 0.3 }],
  [128, { encoded: 0.8, used: 0.08, benefit: 0.3 }],
  [512, { encoded: 0.85, used: 0.07, benefit: 0.3 }],
  [1150, { encoded: 0.85, used: 0.068, benefit: 0.3 }],
  [1230, { encoded: 0.85, used: 0.01, benefit: 0.02 }],
  [1300, { encoded: 0.85, used: 0.006, benefit: 0.01 }],
  [1500, { encoded: 0.84, used: 0.003, benefit: 0.005 }],
]);

describe("a life", () => {
  test("of a shortcut that is repaired: it emerges, serves and turns vestigial, each between two checkpoints", () => {
    const { events } = live(REPAIRED);
    expect(path(events)).toEqual(["absent -> latent", "latent -> functional", "functional -> vestigial"]);
    expect(events.map(({ after, by }) => [after, by])).toEqual([
      [0, 8],
      [0, 8],
      [1150, 1230],
    ]);
    expect(events[2]?.sentence).toContain("patch turned vestigial between steps 1150 and 1230");
    expect(events[2]?.claim).toEqual({ time: "developmental", ground: "causal" });
    expect(events.every(({ eValue, alpha }) => (eValue ?? 0) >= 1 / alpha)).toBe(true);
  });

  test("goes on from its JSON as if nothing had been in between, wherever that is", () => {
    const whole = live(REPAIRED);
    for (let cut = 0; cut <= REPAIRED.length; cut++) {
      const first = live(REPAIRED.slice(0, cut));
      const second = live(REPAIRED.slice(cut), JSON.parse(JSON.stringify(first.life)));
      expect([...first.events, ...second.events]).toEqual(whole.events);
      expect(second.life).toEqual(whole.life);
    }
  });

  test("of what is decodable before any training and never used: latent, inherited, and a spandrel at the end", () => {
    const readings = series(
      [0, 50, 100, 200, 400, 800].map((step) => [step, { encoded: 0.9, used: 0.001, benefit: 0 }]),
    );
    const { life, events } = live(readings);
    expect(path(events)).toEqual(["absent -> latent"]);
    expect(events[0]).toMatchObject({ after: null, by: 0 });
    const end = finishLife(life);
    expect(path(end.events)).toEqual(["latent -> spandrel"]);
    expect(finishLife(end.life).events).toEqual([]);
  });

  test("that was used once within the second half ends latent, not a spandrel", () => {
    const uses = [0.001, 0.001, 0.001, 0.03, 0.001, 0.001];
    const { life } = live(series(uses.map((used, index) => [100 * index, { encoded: 0.9, used, benefit: 0 }])));
    expect(finishLife(life).events).toEqual([]);
  });

  test("is lost when what is no longer used is no longer encoded, and re-emergent when it is used again", () => {
    const steps = (from: number, shown: Shown): [number, Shown][] => [0, 1, 2].map((index) => [from + index, shown]);
    const used = { encoded: 0.5, used: 0.2, benefit: 0.3 };
    const { events } = live(
      series([
        ...steps(0, used),
        ...steps(10, { encoded: 0.5, used: 0, benefit: 0 }),
        ...steps(20, { encoded: 0, used: 0, benefit: 0 }),
        ...steps(30, used),
      ]),
    );
    expect(path(events)).toEqual([
      "absent -> latent",
      "latent -> functional",
      "functional -> vestigial",
      "vestigial -> lost",
      "lost -> vestigial",
      "vestigial -> re-emergent",
    ]);
  });

  test("of what is used though no probe reads it is an anomaly", () => {
    const { events } = live(series([0, 1, 2].map((step) => [step, { encoded: 0, used: 0.2, benefit: 0.3 }])));
    expect(path(events)).toEqual(["absent -> anomaly"]);
  });

  test("of one series only is absent, functional, lost", () => {
    const benefits = [0, 0, 0.3, 0.3, 0.3, 0, 0, 0];
    const { events } = live(series(benefits.map((benefit, step) => [step, { benefit }])));
    expect(path(events)).toEqual(["absent -> functional", "functional -> lost"]);
    expect(events.map(({ after, by }) => [after, by])).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });
});

describe("nothing moves a state", () => {
  const used: Shown = { encoded: 0.6, used: 0.1, benefit: 0.3 };
  const unused: Shown = { encoded: 0.6, used: 0, benefit: 0 };

  test("by readings that are marked", () => {
    for (const mark of ["off_distribution", "not_measurable", "skipped"] as const) {
      const { life, events } = live([0, 1, 2, 3].map((step) => readingOf(step, used, { marks: [mark] })));
      expect(events).toEqual([]);
      expect(stateOf(life, "patch")?.state).toBe("absent");
    }
  });

  test("by use while the model has learnt next to nothing", () => {
    const { events } = live(series([0, 1, 2, 3].map((step) => [step, { ...used, learnt: 0.03 }])));
    expect(path(events)).toEqual(["absent -> latent"]);
  });

  test("by a reading that is late or comes twice", () => {
    const inOrder = live(series([0, 1, 2, 3].map((step) => [step, used])));
    const late = reduceReading(inOrder.life, readingOf(2, unused));
    expect(late.events).toEqual([]);
    expect(reduceReading(late.life, readingOf(4, used)).events).toEqual([]);
  });

  test("by the absence of evidence: what is measured too coarsely to tell is neither vestigial nor a spandrel", () => {
    const coarse = (step: number): Reading => {
      const base = readingOf(step, unused);
      const wide = { value: 0, low: -0.2, high: 0.2, n: 20, control: 0, unit: "share" };
      return { ...base, used: wide, benefit: wide };
    };
    const { life, events } = live([
      ...series([0, 1, 2].map((step) => [step, used])),
      ...Array.from({ length: 50 }, (_, index) => coarse(3 + index)),
    ]);
    expect(path(events)).toEqual(["absent -> latent", "latent -> functional"]);
    expect(finishLife(life).events).toEqual([]);
  });
});

const anyShown = fc.record({
  encoded: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  used: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  benefit: fc.option(fc.double({ min: -0.5, max: 1.5, noNaN: true })),
  learnt: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});

test("whatever is read: events follow each other, none is vestigial that was not used, and all evidence is as strong as stated", () => {
  fc.assert(
    fc.property(fc.array(anyShown, { maxLength: 40 }), (all) => {
      const { life, events } = live(all.map((shown, step) => readingOf(step, shown)));
      let state = "absent";
      let wasUsed = false;
      for (const event of [...events, ...finishLife(life).events]) {
        expect(event.from).toBe(state);
        expect(FEATURE_STATES).toContain(event.to);
        expect(event.after ?? Number.NEGATIVE_INFINITY).toBeLessThan(event.by);
        expect(event.by).toBeLessThanOrEqual(event.decidedAt);
        expect(event.eValue ?? 0).toBeGreaterThanOrEqual((1 - 1e-9) / event.alpha);
        if (event.to === "vestigial" || event.to === "re-emergent") expect(wasUsed).toBe(true);
        wasUsed ||= ["functional", "anomaly"].includes(event.to);
        state = event.to;
      }
    }),
  );
});

test("with many features under watch, one alone needs more evidence", () => {
  const weak = (step: number, feature: string): Reading => {
    const base = readingOf(step, {}, { feature });
    return { ...base, benefit: { value: 0.07, low: 0.051, high: 0.089, n: 500, control: 0, unit: "share" } };
  };
  const decidedAfter = (others: number): number => {
    let life = startLife();
    for (let step = 0; step < 50; step++) {
      for (let other = 0; other < others; other++) {
        life = reduceReading(life, readingOf(step, { benefit: 0 }, { feature: `null ${other}` })).life;
      }
      const next = reduceReading(life, weak(step, "patch"));
      if (next.events.length > 0) return step;
      life = next.life;
    }
    return Number.POSITIVE_INFINITY;
  };
  expect(decidedAfter(100)).toBeGreaterThan(decidedAfter(0));
});
