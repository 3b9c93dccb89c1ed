import type { Claim, LifeSettings } from "@tailbone/protocol/lifecycle";
import type { Reading, ReadingMark } from "@tailbone/protocol/reading";
import { claimBy, isErasure, meansOf } from "./claim";
import { type Evidence, evidenceAbove, evidenceBelow, evidenceForBoth } from "./evidence";
import { LEAST_LEARNT } from "./settings";

/*
 * The one judge of a reading: the reducer moves a life by what it says, and the page shows what it says.
 */

/** What is judged of a reading. */
export type Judged = Pick<Reading, "encoded" | "used" | "benefit" | "learnt" | "intervention" | "marks">;

/** Whether a mark keeps a reading from moving a state. */
const IS_MUTE = {
  off_distribution: true,
  not_measurable: true,
  skipped: true,
  few_examples: false,
  methods_disagree: false,
} as const satisfies Record<ReadingMark, boolean>;

type MuteMark = { [Mark in ReadingMark]: (typeof IS_MUTE)[Mark] extends true ? Mark : never }[ReadingMark];
const isMute = (mark: ReadingMark): mark is MuteMark => IS_MUTE[mark];

/**
 * `unseen`: erased at one layer it shows no use, which does not show that there is none. `no benefit shown`: the
 * outputs depend on it, and nothing is shown to be gained by that. `undecided`: the intervals tell neither.
 */
export type UseVerdict =
  | "used"
  | "unused"
  | "unseen"
  | "no benefit shown"
  | "undecided"
  | "not learnt enough"
  | "not measured";
export type EncodingVerdict = "encoded" | "hardly encoded" | "not encoded" | "not measured";

export interface Judgement {
  /** The mark with which it moves no state and says nothing; null: it counts. */
  readonly muteBy: MuteMark | null;
  readonly use: UseVerdict;
  readonly encoding: EncodingVerdict;
  /** Whether it was made by an erasure at one layer, and so ends no life. */
  readonly isErasure: boolean;
  /** Its benefit is noise over noise: nothing much has been learnt. */
  readonly isNoise: boolean;
  readonly claim: Claim;
  /** What it adds to the tests for each finding; null: nothing was measured of that. */
  readonly evidence: Readonly<Record<"encoded" | "hidden" | "used" | "unused", Evidence | null>>;
}

/**
 * Where the series of use lie: beyond the boundary of benefit, beyond both of disuse, beyond that of `used` alone,
 * between them, in noise, or nowhere.
 */
type Side = "above" | "below" | "dependent" | "between" | "noise" | "missing";

const USE_VERDICTS: Readonly<Record<Side, Readonly<Record<"ofInputs" | "ofLayer", UseVerdict>>>> = {
  above: { ofInputs: "used", ofLayer: "used" },
  below: { ofInputs: "unused", ofLayer: "unseen" },
  dependent: { ofInputs: "no benefit shown", ofLayer: "no benefit shown" },
  between: { ofInputs: "undecided", ofLayer: "undecided" },
  noise: { ofInputs: "not learnt enough", ofLayer: "not learnt enough" },
  missing: { ofInputs: "not measured", ofLayer: "not measured" },
};

/** Nothing for it, and against it as much as one reading can be. */
const AGAINST: Evidence = { logE: 0, isTowards: false, isBeyond: false, isAgainst: true };

/**
 * What one reading says of its feature under these settings, and with which claim. `layer`: where it was probed (and
 * erased); `time`: whether it is one of several over a training.
 */
export function judgeReading(
  reading: Judged,
  settings: LifeSettings,
  { layer, time = "developmental" }: { readonly layer: string | null; readonly time?: Claim["time"] },
): Judgement {
  const { encoded, used, benefit, learnt, intervention, marks } = reading;
  const isNoisy = isNoise({ learnt });
  const evidence = {
    encoded: encoded === null ? null : evidenceAbove(encoded, settings.encodedOn),
    hidden: encoded === null ? null : evidenceBelow(encoded, settings.encodedOff),
    used: usedEvidence(reading, settings, isNoisy),
    unused: unusedEvidence(reading, settings, isNoisy),
  };
  const side = sideOf(evidence, isNoisy, used !== null && used.low > settings.usedOff);
  const hasErased = isErasure(intervention);
  const isOfUse = used !== null || benefit !== null;
  return {
    muteBy: marks.find(isMute) ?? null,
    use: USE_VERDICTS[side][hasErased ? "ofLayer" : "ofInputs"],
    encoding: encodingOf(evidence, encoded === null),
    isErasure: hasErased,
    isNoise: isNoisy,
    claim: claimBy(time, isOfUse ? meansOf(intervention) : encoded === null ? "own" : "probe", layer),
    evidence,
  };
}

/** Below so little learnt a benefit is noise over noise. */
export const isNoise = ({ learnt }: Pick<Judged, "learnt">): boolean => learnt !== null && learnt < LEAST_LEARNT;

/** Whether a reading can move a state. */
export const movesState = ({ marks }: Pick<Reading, "marks">): boolean => !marks.some(isMute);

function sideOf({ used, unused }: Judgement["evidence"], isNoisy: boolean, isDependent: boolean): Side {
  if (used === null) return "missing";
  if (used.isBeyond) return "above";
  if (unused?.isBeyond === true) return "below";
  if (isNoisy) return "noise";
  return isDependent ? "dependent" : "between";
}

function encodingOf({ encoded, hidden }: Judgement["evidence"], isMissing: boolean): EncodingVerdict {
  if (isMissing) return "not measured";
  if (encoded?.isTowards === true) return "encoded";
  return hidden?.isTowards === true ? "not encoded" : "hardly encoded";
}

/** Evidence that it is used. Before anything is learnt, benefit speaks for nothing. */
function usedEvidence({ used, benefit }: Judged, { benefitOn }: LifeSettings, isNoisy: boolean): Evidence | null {
  const measured = benefit ?? used;
  if (measured === null) return null;
  return isNoisy ? AGAINST : evidenceAbove(measured, benefitOn);
}

/**
 * Evidence that it is not used: an equivalence test of each series there is, and of both where there are both. While
 * the model does no better than chance on what it is measured with, its benefit says nothing, either way.
 */
function unusedEvidence({ used, benefit }: Judged, settings: LifeSettings, isNoisy: boolean): Evidence | null {
  const byUse = used === null ? null : evidenceBelow(used, settings.usedOff);
  const byBenefit = benefit === null || isNoisy ? null : evidenceBelow(benefit, settings.benefitOff);
  if (byUse !== null && byBenefit !== null) return evidenceForBoth(byUse, byBenefit);
  return byUse ?? byBenefit;
}
