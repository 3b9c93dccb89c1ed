import type { LifecycleEvent } from "@tailbone/protocol/lifecycle";
import { FEATURE_STATES, interventionSchema, type Reading } from "@tailbone/protocol/reading";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isErasure } from "./claim";
import { readingOf, type Shown } from "./reading.test-util";
import { declareFeature, finishLife, type RunLife, reduceReading, startLife, stateOf } from "./run-life";
import { NEEDS_COVERAGE } from "./transitions";

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

const path = (events: readonly LifecycleEvent[]): string[] =>
  events.map(({ from, to, doubt }) => `${from} -> ${to}${doubt === null ? "" : `, in doubt: ${doubt}`}`);
const series = (shown: readonly (readonly [step: number, shown: Shown])[]): Reading[] =>
  shown.map(([step, one]) => readingOf(step, one));

/** The patch of the digits example as it was measured: rho .85, then .1 from step 1200 on. */
const REPAIRED = series([
  [0, { encoded: 0.02, used: 0.06, benefit: -0.14, learnt: 0 }],
  [1, { encoded: 0.02, used: 0.06, benefit: -0.14, learnt: 0.01 }],
  [2, { encoded: 0.02, used: 0.06, benefit: -0.14, learnt: 0.02 }],
  [4, { encoded: 0.02, used: 0.06, benefit: -0.14, learnt: 0.03 }],
  [8, { encoded: 0.3, used: 0.08, benefit: 0.2 }],
  [16, { encoded: 0.5, used: 0.09, benefit: 0.3 }],
  [32, { encoded: 0.6, used: 0.09, benefit: 0.3 }],
  [64, { encoded: 0.7, used: 0.09, benefit: 0.3 }],
  [128, { encoded: 0.8, used: 0.08, benefit: 0.3 }],
  [256, { encoded: 0.8, used: 0.08, benefit: 0.3 }],
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
      [4, 8],
      [4, 8],
      [1150, 1230],
    ]);
    expect(events[2]?.sentence).toContain("patch turned vestigial between steps 1\u202f150 and 1\u202f230");
    expect(events[2]?.claim).toEqual({ time: "developmental", ground: "causal", means: "swap", layer: null });
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
    const steps = (from: number, shown: Shown): [number, Shown][] =>
      Array.from({ length: 10 }, (_, index) => [from + index, shown]);
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
    const benefits = [0, 0, 0, 0, 0, 0, 0, 0, 0.3, 0.3, 0.3, 0, 0, 0];
    const { events } = live(series(benefits.map((benefit, step) => [step, { benefit }])));
    expect(path(events)).toEqual(["absent -> functional", "functional -> lost"]);
    expect(events.map(({ after, by }) => [after, by])).toEqual([
      [7, 8],
      [10, 11],
    ]);
  });
});

describe("erasures at one layer", () => {
  const erased = (step: number, shown: Shown): Reading => readingOf(step, shown, { intervention: "leace" });
  const used: Shown = { encoded: 0.6, used: 0.1, benefit: 0.3 };
  const unused: Shown = { encoded: 0.6, used: 0, benefit: 0 };
  const phase = (from: number, of: (step: number) => Reading): Reading[] =>
    Array.from({ length: 10 }, (_, index) => of(from + index));
  const declared = declareFeature(startLife(), "patch", { layer: "hidden" });

  test("show that a feature is used, by what and where", () => {
    const { events } = live(
      phase(0, (step) => erased(step, used)),
      declared,
    );
    expect(path(events)).toEqual(["absent -> latent", "latent -> functional"]);
    expect(events[1]?.sentence).toContain("patch emerged (became functional) at step 0 or before, by LEACE at hidden");
    expect(events[1]?.claim).toEqual({ time: "developmental", ground: "causal", means: "leace", layer: "hidden" });
    expect(events[1]?.evidence).toContain("Developmental, causal (LEACE at hidden, one layer).");
  });

  test("never end its life: where they show no use any more it stays functional, undecided, until they show it again", () => {
    const { life, events } = live(
      [...phase(0, (step) => erased(step, used)), ...phase(10, (step) => erased(step, unused))],
      declared,
    );
    expect(path(events).slice(2)).toEqual(["functional -> functional, in doubt: erasure"]);
    expect(stateOf(life, "patch")).toMatchObject({ state: "functional", doubt: "erasure" });
    expect(events[2]?.sentence).toContain("patch is undecided: LEACE at hidden shows no use of it, since 9–10");
    expect(
      path(
        live(
          phase(20, (step) => erased(step, used)),
          life,
        ).events,
      ),
    ).toEqual(["functional -> functional"]);
    expect(finishLife(life).events).toEqual([]);
  });

  test("make nothing a spandrel that is latent to the end, and nothing of one series lost", () => {
    const { life } = live(
      phase(0, (step) => erased(step, unused)),
      declared,
    );
    const end = finishLife(life);
    expect(path(end.events)).toEqual(["latent -> latent, in doubt: erasure"]);
    expect(finishLife(end.life).events).toEqual([]);
    const alone = [
      ...phase(0, (step) => erased(step, { benefit: 0.3 })),
      ...phase(10, (step) => erased(step, { benefit: 0 })),
    ];
    expect(path(live(alone, declared).events)).toEqual([
      "absent -> functional",
      "functional -> functional, in doubt: erasure",
    ]);
  });

  test("are decided by a swap where there is one", () => {
    const { life } = live(
      [...phase(0, (step) => readingOf(step, used)), ...phase(10, (step) => erased(step, unused))],
      declared,
    );
    expect(stateOf(life, "patch")).toMatchObject({ state: "functional", doubt: "erasure" });
    // Once there are swaps enough for all of its life, those during which it was only erased included.
    const swaps = Array.from({ length: 100 }, (_, index) => readingOf(20 + index, unused));
    const swapped = live(swaps, life);
    expect(path(swapped.events)).toEqual(["functional -> vestigial"]);
    expect(stateOf(swapped.life, "patch")?.doubt).toBeNull();
    const mixed = Array.from({ length: 40 }, (_, step) =>
      step % 2 === 0 ? readingOf(step, used) : erased(step, unused),
    );
    expect(path(live(mixed, declared).events)).toEqual(["absent -> latent", "latent -> functional"]);
  });
});

describe("a life that was hardly measured", () => {
  const used: Shown = { encoded: 0.6, used: 0.1, benefit: 0.3 };
  const unused: Shown = { encoded: 0.6, used: 0, benefit: 0 };

  test("is no spandrel for three readings with nothing between steps 100 and 5,900", () => {
    const { life } = live(series([0, 50, 100, 5900, 6000].map((step) => [step, unused])));
    const end = finishLife(life);
    expect(path(end.events)).toEqual(["latent -> latent, in doubt: coverage"]);
    expect(end.events[0]?.evidence).toContain("nothing was measured between steps 100 and 5\u202f900");
  });

  test("is undecided instead of vestigial, and vestigial once enough was seen of it", () => {
    const dense = Array.from({ length: 11 }, (_, index): [number, Shown] => [10 * index, used]);
    const late = [5900, 6000, 6100].map((step): [number, Shown] => [step, unused]);
    const { life, events } = live(series([...dense, ...late]));
    expect(path(events).slice(2)).toEqual(["functional -> functional, in doubt: coverage"]);
    const more = Array.from({ length: 60 }, (_, index): [number, Shown] => [7000 + 1000 * index, unused]);
    const rest = live(series(more), life);
    expect(path(rest.events)).toEqual(["functional -> vestigial"]);
    expect(rest.events[0]).toMatchObject({ after: 100, by: 5900 });
  });

  test("is settled again when use is seen after all", () => {
    const dense = Array.from({ length: 11 }, (_, index): [number, Shown] => [10 * index, used]);
    const late = [5900, 6000].map((step): [number, Shown] => [step, unused]);
    const again = [6100, 6200, 6300].map((step): [number, Shown] => [step, used]);
    const { life, events } = live(series([...dense, ...late, ...again]));
    expect(path(events).slice(2)).toEqual(["functional -> functional, in doubt: coverage", "functional -> functional"]);
    expect(stateOf(life, "patch")).toMatchObject({ state: "functional", doubt: null });
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

const INTERVENTIONS = interventionSchema.options;
const anyShown = fc.record({
  encoded: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  used: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  benefit: fc.option(fc.double({ min: -0.5, max: 1.5, noNaN: true })),
  learnt: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  intervention: fc.constantFrom(...INTERVENTIONS, null),
});

test("whatever is read: events follow each other, none is vestigial that was not used, nothing ends by erasures, and all evidence is as strong as stated", () => {
  fc.assert(
    fc.property(fc.array(anyShown, { maxLength: 40 }), (all) => {
      const { life, events } = live(
        all.map(({ intervention, ...shown }, step) => readingOf(step, shown, { intervention })),
      );
      let state = "absent";
      let wasUsed = false;
      for (const event of [...events, ...finishLife(life).events]) {
        expect(event.from).toBe(state);
        expect(FEATURE_STATES).toContain(event.to);
        expect(event.after ?? Number.NEGATIVE_INFINITY).toBeLessThan(event.by);
        expect(event.by).toBeLessThanOrEqual(event.decidedAt);
        expect(event.eValue ?? 0).toBeGreaterThanOrEqual((1 - 1e-9) / event.alpha);
        if (event.doubt !== null) expect(event.to).toBe(event.from);
        if (event.to === "vestigial" || event.to === "re-emergent") expect(wasUsed).toBe(true);
        wasUsed ||= ["functional", "anomaly"].includes(event.to);
        if (NEEDS_COVERAGE[event.to] && event.from !== event.to && event.claim.means !== "probe") {
          expect(isErasure(event.claim.means)).toBe(false);
        }
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
