import { aggregate } from "@tailbone/compare/band";
import { bootstrapInterval, type Interval, pooled } from "@tailbone/compare/bootstrap";
import { ascending, CENTRES, type Centre, deviationOf } from "@tailbone/compare/centre";
import { normalQuantile } from "@tailbone/compare/distribution";
import { seededRandom } from "@tailbone/compare/random";
import { report } from "./report";

const TRIALS = 4000;
const RESAMPLES = 1000;

type FindInterval = (values: readonly number[], seed: number) => Interval | null;

const within =
  (times: number): FindInterval =>
  (values) => {
    const half = (times * (deviationOf(ascending(values)) ?? 0)) / Math.sqrt(values.length);
    const mean = CENTRES.mean(ascending(values));
    return { low: mean - half, high: mean + half };
  };

const bootstrapped =
  (centre: Centre): FindInterval =>
  (values, seed) =>
    bootstrapInterval([ascending(values)], (drawn) => CENTRES[centre](pooled(drawn)), {
      ...{ seed, resamples: RESAMPLES, percentiles: "plain" },
    });

const asked =
  (centre: "mean" | "usual"): FindInterval =>
  (values, seed) =>
    aggregate(
      values.map((value) => ({ value })),
      { centre, band: "interval", seed, resamples: RESAMPLES },
    )?.band ?? null;

/** Each with what was measured of it elsewhere, in percent, of 3, 5 and 10 runs. */
const BANDS: Record<string, { find: FindInterval; known?: readonly [number, number, number] }> = {
  standard_error: { find: within(1), known: [57, 64, 65] },
  z: { find: within(normalQuantile(0.975)), known: [82, 88, 92] },
  t: { find: asked("mean"), known: [95, 95, 95] },
  bootstrap_mean: { find: bootstrapped("mean"), known: [75, 84, 90] },
  bootstrap_iqm: { find: bootstrapped("iqm"), known: [75, 90, 93] },
  tailbone: { find: asked("usual") },
};

/** How often what is drawn as a 95 % band of few runs holds the truth: normal values around 0. */
export async function benchCoverage(): Promise<void> {
  for (const [place, n] of [3, 5, 10].entries()) {
    const random = seededRandom(n);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const drawn = Array.from({ length: TRIALS }, () => Array.from({ length: n }, normal));
    for (const [band, { find, known }] of Object.entries(BANDS)) {
      const held = drawn.filter((values, seed) => {
        const interval = find(values, seed);
        return interval !== null && interval.low <= 0 && interval.high >= 0;
      }).length;
      const value = (100 * held) / TRIALS;
      report({ bench: "coverage", metric: band, value, unit: "%", runs: n, known_elsewhere: known?.[place] });
    }
  }
}
