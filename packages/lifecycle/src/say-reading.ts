import type { EvidenceReading, LifeSettings } from "@tailbone/protocol/lifecycle";
import type { Estimate, Intervention, Reading, ReadingMark } from "@tailbone/protocol/reading";
import { isErasure, sayClaim, sayMeans } from "./claim";
import { type EncodingVerdict, isNoise, type Judgement, judgeReading, type UseVerdict } from "./judge-reading";
import { formatCount, formatPercent, formatPercents, formatTimes, formatTimesInterval } from "./say-number";
import { LEAST_LEARNT } from "./settings";

/** Whose reading it is: what a sentence has to name. */
export interface Naming {
  readonly feature: string;
  readonly layer: string | null;
  readonly intervention: Intervention | null;
}

/** A line that says it, and what it rests on. */
export interface Said {
  readonly line: string;
  readonly evidence: string;
}

export const MARK_WORDS: Readonly<Record<ReadingMark, string>> = {
  off_distribution: "off distribution: the intervention led the model where it never is; moves no state",
  not_measurable: "not measurable; moves no state",
  skipped: "not measured: measuring was behind",
  few_examples: "few examples",
  methods_disagree: "ways of taking it away disagree",
};

const ACTS: Readonly<Record<Exclude<Intervention, "own">, (feature: string) => string>> = {
  swap: (feature) => `swapping ${feature}`,
  leace: (feature) => `erasing ${feature}`,
  mean: (feature) => `replacing ${feature} by its mean`,
  resample: (feature) => `resampling ${feature}`,
  zero: (feature) => `zeroing ${feature}`,
};

/** `erasing patch at hidden by LEACE`; null: nothing is known to have been done. */
function sayAct({ feature, layer, intervention }: Naming): string | null {
  if (intervention === null || intervention === "own") return null;
  const place = isErasure(intervention) && layer !== null ? ` at ${layer}` : "";
  return `${ACTS[intervention](feature)}${place}${intervention === "leace" ? " by LEACE" : ""}`;
}

const VERDICTS: Readonly<Record<UseVerdict, (naming: Naming) => string>> = {
  used: () => "used",
  unused: () => "not used",
  unseen: (naming) =>
    `undecided: ${erasureOf(naming)} shows no use, and one layer's erasure does not show that there is none`,
  "no benefit shown": () => "no benefit shown yet, though the outputs depend on it",
  undecided: () => "undecided whether it is used",
  "not learnt enough": () => "the model has not learnt enough yet to tell whether it is used",
  "not measured": () => "its use was not measured",
};

const ENCODINGS: Readonly<Record<EncodingVerdict, (isVestige: boolean) => string>> = {
  encoded: (isVestige) => `a probe ${isVestige ? "still " : ""}reads it`,
  "hardly encoded": () => "a probe hardly reads it",
  "not encoded": () => "a probe does not read it",
  "not measured": () => "it was not probed",
};

/** `LEACE at hidden`. */
const erasureOf = ({ intervention, layer }: Omit<Naming, "feature">): string =>
  sayMeans({ means: intervention, layer });

export interface ReadingContext {
  readonly feature: string;
  readonly layer: string | null;
  readonly settings: LifeSettings;
  /** It is the only one there is. */
  readonly isAlone: boolean;
  /** The feature was used before. */
  readonly hasServed: boolean;
}

/** What a reading shows of its feature: first in one line, then with its numbers and its claim. */
export function sayReading(reading: Omit<Reading, "feature">, context: ReadingContext): Said {
  const { feature, layer, settings, isAlone, hasServed } = context;
  const judged = judgeReading(reading, settings, { layer, time: isAlone ? "atemporal" : "developmental" });
  if (judged.muteBy === "skipped") return { line: "Not measured: measuring was behind.", evidence: "" };
  const naming = { feature, layer, intervention: reading.intervention };
  const found = [sayUse(reading, naming), sayProbe(reading, naming)].filter((clause) => clause !== null);
  const others = reading.marks.map((mark) => MARK_WORDS[mark]);
  if (found.length === 0) return { line: sentence(others[0] ?? "nothing was measured here"), evidence: "" };
  const line = judged.muteBy === null ? verdictOf(judged, naming, hasServed) : MARK_WORDS[judged.muteBy];
  const noise = judged.isNoise && reading.benefit !== null ? [sayNoise(reading.learnt)] : [];
  const evidence = [...found, ...noise, ...others.filter((words) => words !== line)].map(sentence);
  return { line: sentence(line), evidence: [...evidence, sayClaim(judged.claim)].join(" ") };
}

function verdictOf({ use, encoding }: Judgement, naming: Naming, hasServed: boolean): string {
  if (use === "not measured") return ENCODINGS[encoding](false);
  const isVestige = hasServed && use === "unused";
  return encoding === "not measured"
    ? VERDICTS[use](naming)
    : `${VERDICTS[use](naming)}; ${ENCODINGS[encoding](isVestige)}`;
}

type Measured = Pick<EvidenceReading, "encoded" | "used" | "benefit" | "learnt">;

/**
 * A benefit that is noise is not told. `swapping patch changes 9 % of what the output depends on (…) and costs 4.7
 * times what the model has learnt (…)`.
 */
export function sayUse({ used, benefit, learnt }: Measured, naming: Naming): string | null {
  const act = sayAct(naming);
  const parts = [
    ...(used === null ? [] : [sayDependence(used, act !== null)]),
    ...(benefit === null || isNoise({ learnt }) ? [] : [sayBenefit(benefit, act !== null)]),
  ];
  return parts.length === 0 ? null : `${act ?? naming.feature} ${parts.join(" and ")}`;
}

/** `a probe at hidden reads 83 % of patch (…)`. */
export function sayProbe({ encoded }: Measured, { feature, layer }: Naming): string | null {
  if (encoded === null) return null;
  const place = layer === null ? "" : ` at ${layer}`;
  return `a probe${place} reads ${formatPercent(encoded.value)} of ${feature}'s entropy ${shares(encoded)}`;
}

/** `the model has learnt 2 % of what there is to learn, too little for a benefit to be told from noise`. */
export const sayNoise = (learnt: number | null): string =>
  `the model has learnt ${learnt === null ? "less than" : `${formatPercent(Math.max(0, learnt))}, below`} ${formatPercent(LEAST_LEARNT)} of what there is to learn: its benefit is no more than noise`;

function sayDependence(used: Estimate, isActive: boolean): string {
  if (used.high <= 1) {
    const verb = isActive ? "changes" : "accounts for";
    return `${verb} ${formatPercent(used.value)} of what the output depends on ${shares(used)}`;
  }
  const verb = isActive ? "changes" : "is worth";
  return `${verb} the output ${formatTimes(used.value)} times as much as exchanging everything does ${times(used)}`;
}

/** A share where it can be one; else how many times what has been learnt. */
function sayBenefit(benefit: Estimate, isActive: boolean): string {
  const learnt = "what the model has learnt";
  const { value, high } = benefit;
  if (value >= 0) {
    const verb = isActive ? "costs" : "brings";
    return high <= 1
      ? `${verb} ${formatPercent(value)} of ${learnt} ${shares(benefit)}`
      : `${verb} ${formatTimes(value)} times ${learnt} ${times(benefit)}`;
  }
  const verb = isActive ? "costs" : "brings";
  if (high > 0) return `${verb} nothing that shows of ${learnt} ${shares(benefit)}`;
  const gain = { ...benefit, value: -value, low: -high, high: -benefit.low };
  return `${isActive ? "gains" : "costs"} ${formatTimes(gain.value)} times ${learnt} ${times(gain)}`;
}

const shares = ({ low, high, n }: Estimate): string =>
  `(95 % interval ${formatPercents(low, high)}, n = ${formatCount(n)})`;
const times = ({ low, high, n }: Estimate): string =>
  `(95 % interval ${formatTimesInterval(low, high)}, n = ${formatCount(n)})`;

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
export const sentence = (text: string): string => `${capital(text)}.`;
