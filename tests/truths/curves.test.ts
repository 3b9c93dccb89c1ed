import { declareFeature, reduceReading, startLife } from "@tailbone/lifecycle/run-life";
import type { LifecycleEvent } from "@tailbone/protocol/lifecycle";
import { expect, test } from "vitest";
import { seededRandom } from "../support/random";

/*
 * Learning curves that are known in closed form, measured with noise: what is found must lie between the checkpoints
 * around the known time.
 */

const HALF = { settings: { benefitOn: 0.5, benefitOff: 0.5 } };

/** A standard normal number, by twelve uniform ones. */
const normal = (random: () => number): number => Array.from({ length: 12 }, random).reduce((a, b) => a + b, 0) - 6;

/** Measures a strength between 0 and 1 every `every` steps, with a standard error, and follows its life. */
function follow(strength: (step: number) => number, steps: number, every: number, seed: number): LifecycleEvent[] {
  const random = seededRandom(seed);
  const error = 0.02;
  let life = declareFeature(startLife(), "mode", HALF);
  const events: LifecycleEvent[] = [];
  for (let step = 0; step <= steps; step += every) {
    const value = strength(step) + error * normal(random);
    const benefit = {
      value,
      low: value - 1.96 * error,
      high: value + 1.96 * error,
      n: 1000,
      control: 0,
      unit: "share",
    };
    const next = reduceReading(life, {
      feature: "mode",
      step,
      encoded: null,
      used: null,
      benefit,
      learnt: null,
      untrained: null,
      intervention: "own",
      shift: null,
      marks: [],
      note: "",
    });
    life = next.life;
    events.push(...next.events);
  }
  return events;
}

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

/** One event each time, whose interval contains the known time, but for the few that 95 % intervals leave out. */
function expectOnsets(lives: readonly (readonly LifecycleEvent[])[], time: number): void {
  for (const events of lives) expect(events.map(({ to }) => to)).toEqual(["functional"]);
  const containing = lives.filter(([event]) => event !== undefined && (event.after ?? -1) <= time && time <= event.by);
  // With 95 % each, fewer than 16 of 20 would come by chance once in four hundred times.
  expect(containing.length).toBeGreaterThanOrEqual(16);
}

test.each([4, 3, 2, 1])("the modes of a deep linear network emerge at their half-times (singular value %i)", (s) => {
  // Saxe et al. 2014: a(t) = s e^(2 s eta t) / (e^(2 s eta t) - 1 + s / a0).
  const [a0, eta] = [1e-3, 0.01];
  const growth = (t: number): number => Math.exp(2 * s * eta * t);
  const half = Math.log(s / a0 - 1) / (2 * s * eta);
  const lives = SEEDS.map((seed) => follow((t) => growth(t) / (growth(t) - 1 + s / a0), 600, 5, 100 * s + seed));
  expectOnsets(lives, half);
});

test.each([1, 2, 3, 4, 5])("multilinear skills emerge one after the other (skill %i)", (k) => {
  // Nam et al. 2024: R / S = 1 / (1 + (S / R0 - 1) e^(-2 eta P S t)), P ~ k^-1.6.
  const [S, eta, R0] = [5, 0.05, 0.01];
  const weights = [1, 2, 3, 4, 5].map((each) => each ** -1.6);
  const P = (weights[k - 1] ?? 0) / weights.reduce((a, b) => a + b, 0);
  const half = Math.log(S / R0 - 1) / (2 * eta * P * S);
  expect(half).toBeCloseTo([21, 63.6, 121.6, 192.7, 275.3][k - 1] ?? 0, 0);
  const lives = SEEDS.map((seed) =>
    follow((t) => 1 / (1 + (S / R0 - 1) * Math.exp(-2 * eta * P * S * t)), 600, 5, 100 * k + seed),
  );
  expectOnsets(lives, half);
});

test("where nothing happens nothing is told", () => {
  for (let seed = 0; seed < 50; seed++) {
    expect(follow(() => 0.3, 1000, 5, seed)).toEqual([]);
    expect(follow((t) => 0.4 + 0.05 * Math.sin(t / 50), 1000, 5, seed)).toEqual([]);
  }
});
