import { type BootstrapOptions, bootstrapInterval, type Interval, pooled } from "./bootstrap";
import { ascending, CENTRES, type Centre, deviationOf, quantile, trimmedAway } from "./centre";
import { headsAtMost, tQuantile } from "./distribution";
import { gather } from "./group";

/** From so many runs on the centre is the interquartile mean, and its interval comes from the bootstrap. */
export const MANY = 10;

/** What may be drawn around a centre. Only `interval` says where the centre lies; `standard-error` holds far less. */
export type Band = "interval" | "standard-deviation" | "min-max" | "quantiles" | "standard-error";

/** One run's value; runs of a stratum (a task, a data set) are drawn from among themselves. */
export interface Sample {
  readonly value: number;
  readonly stratum?: string;
}

export type Method =
  | "student-t"
  | "trimmed-t"
  | "stratified-bootstrap"
  | "order-statistics"
  | Exclude<Band, "interval">;

export interface BandOf extends Interval {
  readonly method: Method;
}

interface Values {
  readonly all: readonly number[];
  readonly strata: readonly (readonly number[])[];
  readonly bootstrap: BootstrapOptions;
}

type FindBand = (values: Values, centre: Centre) => BandOf | null;

const RESAMPLES = 2000;

const around = (centre: number, half: number | null, method: Method): BandOf | null =>
  half === null ? null : { low: centre - half, high: centre + half, method };

/** Student's interval of the mean: mean +- t(.975, n - 1) s / sqrt(n) (Student 1908). */
const studentT: FindBand = ({ all }) => {
  const deviation = deviationOf(all);
  const half = deviation && (tQuantile(0.975, all.length - 1) * deviation) / Math.sqrt(all.length);
  return around(CENTRES.mean(all), half, "student-t");
};

/**
 * Interval of a trimmed mean by Tukey and McLaughlin (1963): s_w / ((1 - 2 g / n) sqrt(n)) times t(.975, n - 2 g - 1),
 * where s_w is the deviation after the g smallest and largest were set to the next value inwards. Where nothing is
 * trimmed it is Student's. Of five to nine normal values it covers 92 to 93 %, not 95: it is not what is drawn unless
 * the interquartile mean is asked for.
 */
const trimmedT: FindBand = ({ all }) => {
  const n = all.length;
  const away = trimmedAway(n);
  const [low, high] = [all[away] ?? Number.NaN, all[n - 1 - away] ?? Number.NaN];
  const deviation = deviationOf(all.map((value) => Math.min(high, Math.max(low, value))));
  const half = deviation && (tQuantile(0.975, n - 2 * away - 1) * deviation) / ((1 - (2 * away) / n) * Math.sqrt(n));
  return around(CENTRES.iqm(all), half, "trimmed-t");
};

/** Stratified percentile bootstrap of the interquartile mean over all (Agarwal et al. 2021). */
const bootstrapIqm: FindBand = ({ strata, bootstrap }) => {
  const interval = bootstrapInterval(strata, (drawn) => CENTRES.iqm(pooled(drawn)), bootstrap);
  return interval && { ...interval, method: "stratified-bootstrap" };
};

/**
 * Interval of the median between two of the values: the innermost pair, as far from either end, that holds it with at
 * least 95 % (binomial; Hollander and Wolfe 1999, section 3.6). Below six values there is none.
 */
const orderStatistics: FindBand = ({ all }) => {
  let away = -1;
  while (2 * headsAtMost(away + 1, all.length) <= 0.05) away++;
  const [low, high] = [all[away], all[all.length - 1 - away]];
  return low === undefined || high === undefined ? null : { low, high, method: "order-statistics" };
};

/** How the interval of a centre is found: with few runs, and from `MANY` on. */
const INTERVALS: Record<Centre, { few: FindBand; many: FindBand }> = {
  mean: { few: studentT, many: studentT },
  iqm: { few: trimmedT, many: bootstrapIqm },
  median: { few: orderStatistics, many: orderStatistics },
};

const BANDS: Record<Band, FindBand> = {
  interval: (values, centre) => INTERVALS[centre][values.all.length < MANY ? "few" : "many"](values, centre),
  "standard-deviation": ({ all }, centre) => around(CENTRES[centre](all), deviationOf(all), "standard-deviation"),
  "min-max": ({ all }) => ({ low: all[0] ?? Number.NaN, high: all.at(-1) ?? Number.NaN, method: "min-max" }),
  quantiles: ({ all }) => ({ low: quantile(all, 0.25), high: quantile(all, 0.75), method: "quantiles" }),
  "standard-error": ({ all }) => {
    const deviation = deviationOf(all);
    return around(CENTRES.mean(all), deviation && deviation / Math.sqrt(all.length), "standard-error");
  },
};

/** The centre of `n` runs unless another is asked for. */
const usualCentre = (n: number): Centre => (n < MANY ? "mean" : "iqm");

export interface Asked {
  /** `usual`: the mean below ten runs, the interquartile mean from ten on. */
  readonly centre: Centre | "usual";
  readonly band: Band;
  /** Of the bootstrap's draws. */
  readonly seed: number;
  readonly resamples?: number;
  /** `plain`: the bootstrap exactly as rliable has it. */
  readonly percentiles?: BootstrapOptions["percentiles"];
}

/** A group's values at one x. */
export interface Aggregate {
  readonly centre: number;
  readonly centredBy: Centre;
  /** Null where so few values have none: one run, or the interval of a median of fewer than six. */
  readonly band: BandOf | null;
  /** How many finite values it rests on. */
  readonly n: number;
  /** How many values were NaN or infinite; they are in neither centre nor band. */
  readonly notFinite: number;
}

/**
 * Centre and band of values, whatever their order. Null where no value is finite. Equal values have a band of width 0:
 * nothing is known of a spread that was not seen.
 */
export function aggregate(samples: readonly Sample[], asked: Asked): Aggregate | null {
  // Adding 0 makes one of 0 and -0, which no order tells apart.
  const finite = samples.flatMap((one) => (Number.isFinite(one.value) ? [{ ...one, value: one.value + 0 }] : []));
  if (finite.length === 0) return null;
  const byStratum = gather(finite, ({ stratum }) => stratum ?? "");
  const strata = [...byStratum]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ascending(group.map(({ value }) => value)));
  const values: Values = {
    all: ascending(finite.map(({ value }) => value)),
    strata,
    bootstrap: {
      seed: asked.seed,
      resamples: asked.resamples ?? RESAMPLES,
      percentiles: asked.percentiles ?? "expanded",
    },
  };
  const centredBy = asked.centre === "usual" ? usualCentre(finite.length) : asked.centre;
  return {
    centre: CENTRES[centredBy](values.all),
    centredBy,
    band: BANDS[asked.band](values, centredBy),
    n: finite.length,
    notFinite: samples.length - finite.length,
  };
}
