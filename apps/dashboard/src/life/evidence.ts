import { completeSettings, LEAST_LEARNT } from "@tailbone/lifecycle/settings";
import type { Feature } from "@tailbone/protocol/http";
import type { Claim, LifeSettings } from "@tailbone/protocol/lifecycle";
import type { Estimate, Intervention, ReadingMark } from "@tailbone/protocol/reading";
import { formatCount, formatStep } from "../format/number";
import type { FeatureReading } from "../live/features";

export type Thresholds = Pick<LifeSettings, "encodedOn" | "encodedOff" | "benefitOn" | "usedOff" | "benefitOff">;

export const thresholdsOf = ({ settings }: Pick<Feature, "settings">): Thresholds => completeSettings(settings);

export const MARK_WORDS: Readonly<Record<ReadingMark, string>> = {
  off_distribution: "off distribution: the intervention led the model where it never is; moves no state",
  not_measurable: "not measurable; moves no state",
  skipped: "not measured: measuring was behind",
  few_examples: "few examples",
  methods_disagree: "ways of taking it away disagree",
};

/** Marks with which a reading moves no state. */
const STILL: readonly ReadingMark[] = ["off_distribution", "not_measurable", "skipped"];
export const movesState = ({ marks }: Pick<FeatureReading, "marks">): boolean =>
  !marks.some((mark) => STILL.includes(mark));

/** Means of the script's own say nothing of what was done. */
const isByIntervening = (intervention: Intervention | null): intervention is Exclude<Intervention, "own"> =>
  intervention !== null && intervention !== "own";

const INTERVENING: Readonly<Record<Exclude<Intervention, "own">, (feature: string) => string>> = {
  swap: (feature) => `Swapping ${feature}`,
  leace: (feature) => `Erasing ${feature}`,
  mean: (feature) => `Replacing ${feature} by its mean`,
  resample: (feature) => `Resampling ${feature}`,
  zero: (feature) => `Zeroing ${feature}`,
};

const percentDigits = (share: number): string => {
  const percent = Math.abs(share) * 100;
  const text = percent === 0 || percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(percent < 0.095 ? 2 : 1);
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return share < 0 && Number(short) !== 0 ? `−${short}` : short;
};

/** A share in hundredths: `0.4 %`, `17 %`. */
export const formatPercent = (share: number): string => `${percentDigits(share)}\u00a0%`;

const percentInterval = ({ low, high }: Estimate): string =>
  low < 0 ? `${percentDigits(low)} to ${formatPercent(high)}` : `${percentDigits(low)}–${formatPercent(high)}`;

/** What a reading shows of its feature, as one would say it. */
export function describeReading(feature: Feature, reading: FeatureReading): string {
  const limits = thresholdsOf(feature);
  if (reading.marks.includes("skipped")) {
    return `Step ${formatStep(reading.step)} was not measured: measuring was behind.`;
  }
  const verdict = verdictOf(reading, limits);
  const hasServed = feature.readings.some((one) => one.step < reading.step && verdictOf(one, limits) === "used");
  const found = [
    describeUse(feature.name, reading, verdict),
    describeEncoding(reading, limits, hasServed && verdict === "not used"),
  ].filter((sentence) => sentence !== null);
  const marks = reading.marks.map((mark) => MARK_WORDS[mark]).join("; ");
  return [
    ...(found.length === 0 ? ["Nothing was measured here."] : found),
    ...(marks === "" ? [] : [`${capital(marks)}.`]),
    ...(found.length === 0 ? [] : [describeClaim(claimOf(feature.readings, reading))]),
  ].join(" ");
}

function verdictOf({ used, benefit, learnt }: FeatureReading, limits: Thresholds): string | null {
  if (used === null && benefit === null) return null;
  if (learnt !== null && learnt < LEAST_LEARNT) return "the model has not learnt enough yet to tell";
  if (benefit !== null && benefit.low > limits.benefitOn) return "used";
  const isOff = (used === null || used.high < limits.usedOff) && (benefit === null || benefit.high < limits.benefitOff);
  return isOff ? "not used" : "undecided";
}

function describeUse(name: string, reading: FeatureReading, verdict: string | null): string | null {
  const { used, benefit, intervention } = reading;
  const isActive = isByIntervening(intervention);
  const parts: string[] = [];
  if (used !== null) {
    const verb = isActive ? "changes" : "accounts for";
    parts.push(`${verb} ${formatPercent(used.value)} of what the output depends on${evidenceOf(used)}`);
  }
  if (benefit !== null) {
    const [costs, gains] = isActive ? ["costs", "gains"] : ["brings", "costs"];
    const verb = percentDigits(benefit.value).startsWith("−") ? gains : costs;
    const evidence = used === null ? evidenceOf(benefit) : "";
    parts.push(`${verb} ${formatPercent(Math.abs(benefit.value))} of what the model has learnt${evidence}`);
  }
  if (parts.length === 0) return null;
  return `${isActive ? INTERVENING[intervention](name) : capital(name)} ${parts.join(" and ")}: ${verdict}.`;
}

const evidenceOf = (estimate: Estimate): string =>
  ` (95 % interval ${percentInterval(estimate)}, n = ${formatCount(estimate.n)})`;

function describeEncoding({ encoded }: FeatureReading, limits: Thresholds, isVestige: boolean): string | null {
  if (encoded === null) return null;
  const share = `(${encoded.value.toFixed(2)} of its entropy)`;
  if (encoded.value <= limits.encodedOff) return `A probe does not read it ${share}.`;
  if (encoded.value < limits.encodedOn) return `A probe hardly reads it ${share}.`;
  return `A probe ${isVestige ? "still " : ""}reads it ${share}.`;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `Developmental, causal.` */
export const describeClaim = ({ time, ground }: Claim): string => `${capital(time)}, ${ground}.`;

/**
 * The claim that a reading makes: an intervention is causal, a probe by itself correlational, and of a number that the script brings
 * nothing is known but that it was seen. Several steps show a development.
 */
function claimOf(readings: readonly FeatureReading[], { used, benefit, intervention }: FeatureReading): Claim {
  const hasUse = used !== null || benefit !== null;
  const measured = readings.filter((one) => !one.marks.includes("skipped"));
  return {
    time: measured.length > 1 ? "developmental" : "atemporal",
    ground: !hasUse ? "correlational" : isByIntervening(intervention) ? "causal" : "observational",
  };
}
