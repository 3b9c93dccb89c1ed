import type { FeatureState } from "@tailbone/protocol/reading";

/**
 * What a test can find: the feature is encoded now, or no longer; it is used now, or no longer; the training has ended.
 */
export const FINDINGS = ["encoded", "not encoded", "used", "unused", "ended unused"] as const;
export type Finding = (typeof FINDINGS)[number];

const DETECTOR = "Shiryaev-Roberts e-detector";

/** What each finding is found by. */
export const TESTS: Readonly<Record<Finding, string>> = {
  encoded: DETECTOR,
  "not encoded": `${DETECTOR} of equivalence`,
  used: DETECTOR,
  unused: `${DETECTOR} of equivalence`,
  "ended unused": "product of e-values of equivalence",
};

/** States that say something of a whole training, and so need it to be measured throughout. */
export const NEEDS_COVERAGE: Readonly<Record<FeatureState, boolean>> = {
  absent: false,
  latent: false,
  functional: false,
  vestigial: true,
  lost: true,
  "re-emergent": false,
  spandrel: true,
  anomaly: false,
};

/** Where a finding leads: with the feature encoded at that time, and with it not encoded. */
interface Next {
  readonly encoded: FeatureState;
  readonly hidden: FeatureState;
}

const to = (encoded: FeatureState, hidden: FeatureState = encoded): Next => ({ encoded, hidden });

/** The life of a feature that is looked for and intervened on; SPEC.md has the same table. */
export const TRANSITIONS: Readonly<Record<FeatureState, Readonly<Record<Finding, Next>>>> = {
  absent: {
    encoded: to("latent"),
    "not encoded": to("absent"),
    used: to("functional", "anomaly"),
    unused: to("absent"),
    "ended unused": to("absent"),
  },
  latent: {
    encoded: to("latent"),
    "not encoded": to("absent"),
    used: to("functional", "anomaly"),
    unused: to("latent"),
    "ended unused": to("spandrel", "absent"),
  },
  functional: {
    encoded: to("functional"),
    "not encoded": to("functional"),
    used: to("functional"),
    unused: to("vestigial", "lost"),
    "ended unused": to("functional"),
  },
  vestigial: {
    encoded: to("vestigial"),
    "not encoded": to("lost"),
    used: to("re-emergent"),
    unused: to("vestigial"),
    "ended unused": to("vestigial"),
  },
  lost: {
    encoded: to("vestigial"),
    "not encoded": to("lost"),
    used: to("re-emergent"),
    unused: to("lost"),
    "ended unused": to("lost"),
  },
  "re-emergent": {
    encoded: to("re-emergent"),
    "not encoded": to("re-emergent"),
    used: to("re-emergent"),
    unused: to("vestigial", "lost"),
    "ended unused": to("re-emergent"),
  },
  spandrel: {
    encoded: to("spandrel"),
    "not encoded": to("absent"),
    used: to("functional", "anomaly"),
    unused: to("spandrel"),
    "ended unused": to("spandrel"),
  },
  anomaly: {
    encoded: to("functional"),
    "not encoded": to("anomaly"),
    used: to("anomaly"),
    unused: to("vestigial", "lost"),
    "ended unused": to("anomaly"),
  },
};

/** Where a state would have gone had no use been taken for a fact: what is undecided instead. */
export const endsOf = (state: FeatureState): FeatureState[] =>
  [TRANSITIONS[state].unused, TRANSITIONS[state]["ended unused"]]
    .flatMap(({ encoded, hidden }) => [encoded, hidden])
    .filter((next) => next !== state && NEEDS_COVERAGE[next]);

export function nextState(state: FeatureState, finding: Finding, isEncoded: boolean): FeatureState {
  const next = TRANSITIONS[state][finding];
  return isEncoded ? next.encoded : next.hidden;
}

/** The life of a feature of which there is one series only, be it a behaviour or a metric: absent, functional, lost. */
export function nextSimpleState(state: FeatureState, isOn: boolean): FeatureState {
  if (isOn) return "functional";
  return state === "functional" ? "lost" : state;
}
