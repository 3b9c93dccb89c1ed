// Long because it is the reducer of one life, which is read as a whole: what is known, how a reading is taken in, what
// is decided of it.
import type { Doubt, EvidenceReading, LifecycleEvent, LifeSettings } from "@tailbone/protocol/lifecycle";
import type { FeatureState, Intervention, Reading } from "@tailbone/protocol/reading";
import { type ChangeDetector, hasChanged, IDLE, startDetector, watchReading } from "./change-detector";
import { claimBy, meansOf } from "./claim";
import { type Coverage, extendCoverage, firstGap, startCoverage } from "./coverage";
import type { Evidence } from "./evidence";
import { judgeReading } from "./judge-reading";
import { sayEvent } from "./say-event";
import { type Finding, NEEDS_COVERAGE, nextSimpleState, nextState, TESTS } from "./transitions";

/** Readings that an event shows as its evidence. */
const RECENT = 6;

/** Readings in a row that showed no use: since which step, how many, and their evidence together. */
export interface Idle {
  readonly since: number;
  readonly count: number;
  readonly logE: number;
}

/** Of what is stored of a life. Raise it with what is kept, and let stored-life.ts upgrade what is older. */
export const LIFE_VERSION = 2;

/**
 * What the readings so far say of one feature. All of it is plain JSON, and is stored; stored-life.ts reads what older
 * versions stored.
 */
export interface FeatureLife {
  readonly version: typeof LIFE_VERSION;
  readonly settings: LifeSettings;
  /** Where it is probed, and erased. */
  readonly layer: string | null;
  readonly state: FeatureState;
  /** When the state began: after one step and by another. */
  readonly since: { readonly after: number | null; readonly by: number } | null;
  /** Why the state is undecided, though no use is seen; null: it is settled. */
  readonly doubt: Doubt | null;
  readonly isEncoded: boolean;
  readonly isUsed: boolean;
  /** Which series there are. */
  readonly hasEncoded: boolean;
  readonly hasUse: boolean;
  /** Looks for the feature to become encoded, or to be so no longer; and likewise for its use. */
  readonly encodedTest: ChangeDetector;
  readonly useTest: ChangeDetector;
  /**
   * While it is used: looks for erasures at its layer that show no use. While that is in doubt: for it to be shown
   * again.
   */
  readonly doubtTest: ChangeDetector;
  readonly firstStep: number | null;
  readonly lastStep: number | null;
  /** How well readings cover the training: those of the probe, and those that can tell that something is not used. */
  readonly encodedCover: Coverage | null;
  readonly useCover: Coverage | null;
  /** Readings that counted, and those that did not: marked, late, or twice at a step. */
  readonly counted: number;
  readonly passedOver: number;
  /** What showed no use to the end so far; and what did so under erasures alone. */
  readonly idle: Idle | null;
  readonly erasedIdle: Idle | null;
  /** How use was looked for last. */
  readonly intervention: Intervention | null;
  readonly recent: readonly EvidenceReading[];
}

export const startFeature = (settings: LifeSettings, layer: string | null): FeatureLife => ({
  version: LIFE_VERSION,
  settings,
  layer,
  state: "absent",
  since: null,
  doubt: null,
  isEncoded: false,
  isUsed: false,
  hasEncoded: false,
  hasUse: false,
  encodedTest: IDLE,
  useTest: IDLE,
  doubtTest: IDLE,
  firstStep: null,
  lastStep: null,
  encodedCover: null,
  useCover: null,
  counted: 0,
  passedOver: 0,
  idle: null,
  erasedIdle: null,
  intervention: null,
  recent: [],
});

/** Whether a reading can move a state: it is not marked, and it is later than those before it. */
export function counts({ lastStep, settings, layer }: FeatureLife, reading: Reading): boolean {
  if (judgeReading(reading, settings, { layer }).muteBy !== null) return false;
  return lastStep === null || reading.step > lastStep;
}

/** Takes a reading in; nothing is decided yet. */
export function watchFeature(life: FeatureLife, reading: Reading): FeatureLife {
  if (!counts(life, reading)) return { ...life, passedOver: life.passedOver + 1 };
  const { step } = reading;
  const judged = judgeReading(reading, life.settings, life);
  const { used, unused, encoded } = judged.evidence;
  const endsUse = judged.isErasure ? null : unused;
  // Where there is a swap, it decides.
  const startsUse = judged.isErasure && life.useCover !== null ? null : used;
  const firstStep = life.firstStep ?? step;
  const cover = (before: Coverage | null): Coverage => extendCoverage(before ?? startCoverage(firstStep), step);
  return {
    ...life,
    hasEncoded: life.hasEncoded || encoded !== null,
    hasUse: life.hasUse || used !== null,
    encodedTest: watch(life.encodedTest, step, life.isEncoded ? judged.evidence.hidden : encoded),
    useTest: watch(life.useTest, step, life.isUsed ? endsUse : startsUse),
    doubtTest: watchDoubt(life, reading),
    firstStep,
    lastStep: step,
    encodedCover: encoded === null ? life.encodedCover : cover(life.encodedCover),
    useCover: endsUse === null ? life.useCover : cover(life.useCover),
    counted: life.counted + 1,
    // A model that has learnt nothing has no side effects of learning either.
    idle: judged.isNoise ? null : watchIdle(life.idle, step, endsUse),
    erasedIdle: judged.isNoise || endsUse !== null ? null : watchIdle(life.erasedIdle, step, unused),
    intervention: used === null ? life.intervention : reading.intervention,
    recent: [...life.recent, evidenceReading(reading)].slice(-RECENT),
  };
}

const watch = (test: ChangeDetector, step: number, evidence: Evidence | null): ChangeDetector =>
  evidence === null ? test : watchReading(test, step, evidence);

function watchDoubt(
  { doubt, doubtTest, isUsed, hasUse, settings, layer }: FeatureLife,
  reading: Reading,
): ChangeDetector {
  const { evidence, isErasure } = judgeReading(reading, settings, { layer });
  if (doubt !== null) return watch(doubtTest, reading.step, hasUse ? evidence.used : evidence.encoded);
  if (!isUsed || evidence.unused === null) return doubtTest;
  return isErasure ? watchReading(doubtTest, reading.step, evidence.unused) : startDetector(reading.step);
}

/** The largest evidence that waits for a decision, as a logarithm; null: none. */
export function pendingEvidence({ encodedTest, useTest, doubtTest, hasEncoded, hasUse }: FeatureLife): number | null {
  const logs = [hasEncoded ? encodedTest.logR : null, ...(hasUse ? [useTest.logR, doubtTest.logR] : [])];
  const waiting = logs.filter((log) => log !== null);
  return waiting.length === 0 ? null : Math.max(...waiting);
}

interface Decision {
  readonly life: FeatureLife;
  readonly events: readonly LifecycleEvent[];
}

/**
 * Decides, after a reading was taken in, whether something has changed. `logThreshold`: what the evidence must reach,
 * at least log(1 / alpha), more where many features are watched.
 */
export function decideFeature(name: string, before: FeatureLife, reading: Reading, logThreshold: number): Decision {
  let life = before;
  const events: LifecycleEvent[] = [];
  const { step } = reading;
  const isFound = (test: ChangeDetector): boolean => hasChanged(test, life.settings.confirmations, logThreshold);
  const tell = (change: Change, found: FeatureLife): void => {
    const event = eventOf(name, life, change, step);
    events.push(event);
    const since = event.from === event.to ? found.since : { after: event.after, by: event.by };
    life = { ...found, state: event.to, doubt: event.doubt, since, doubtTest: startDetector(step) };
  };
  /** A finding holds: the life goes on as `found`, unless it would come to a state that too little was measured for. */
  const conclude = (finding: Finding, test: ChangeDetector, found: FeatureLife): void => {
    const state = follow(found, finding);
    if (state === life.state) life = found;
    else if (!NEEDS_COVERAGE[state] || gapOf(life, finding, step) === null) {
      // What a probe finds says nothing of a use that is in doubt.
      tell({ finding, test, state, doubt: isOfProbe(finding) && life.isUsed ? life.doubt : null }, found);
    } else if (life.doubt === null && life.state !== "vestigial") {
      tell({ finding, test, state: life.state, doubt: "coverage" }, life);
    }
  };
  if (life.hasEncoded && isFound(life.encodedTest)) {
    const isEncoded = !life.isEncoded;
    const found = { ...life, isEncoded, encodedTest: startDetector(step) };
    conclude(isEncoded ? "encoded" : "not encoded", life.encodedTest, found);
  }
  if (life.hasUse && isFound(life.useTest) && !isAboutToBeEncoded(life, reading)) {
    const isUsed = !life.isUsed;
    const found = { ...life, isUsed, useTest: startDetector(step), doubtTest: startDetector(step) };
    conclude(isUsed ? "used" : "unused", life.useTest, found);
  }
  if (isFound(life.doubtTest)) {
    const test = life.doubtTest;
    if (life.doubt === null) tell({ finding: "unused", test, state: life.state, doubt: "erasure" }, life);
    else {
      const again = life.hasUse ? { useTest: startDetector(step) } : { encodedTest: startDetector(step) };
      const finding = life.hasUse ? "used" : "encoded";
      tell({ finding, test, state: life.state, doubt: null }, { ...life, ...again });
    }
  }
  return { life, events };
}

/**
 * A feature that is used is an anomaly only if it is not encoded: where that is about to be found, it is waited for.
 */
function isAboutToBeEncoded({ isEncoded, isUsed, hasEncoded, settings }: FeatureLife, { encoded }: Reading): boolean {
  return !isUsed && hasEncoded && !isEncoded && encoded !== null && encoded.value > settings.encodedOn;
}

/**
 * The end of a training: a feature that was latent to the end, and of which every reading of the second half of the
 * training says that it is not used, is a spandrel. Without enough evidence it stays latent; where only erasures say
 * so, or where too little was measured, it is undecided.
 */
export function finishFeature(name: string, life: FeatureLife): Decision {
  const { lastStep, settings, idle, erasedIdle } = life;
  if (life.state !== "latent" || lastStep === null) return { life, events: [] };
  const proof = [idle, erasedIdle].find((one) => isProof(one, life, settings)) ?? null;
  if (proof === null) return { life, events: [] };
  const doubt: Doubt | null =
    proof === erasedIdle ? "erasure" : gapOf(life, "ended unused", lastStep) === null ? null : "coverage";
  if (doubt !== null && doubt === life.doubt) return { life, events: [] };
  const test = { logR: proof.logE, streak: proof.count, after: life.since?.after ?? null, by: lastStep };
  const state = doubt === null ? "spandrel" : life.state;
  const event = eventOf(name, life, { finding: "ended unused", test, state, doubt }, lastStep);
  const since = doubt === null ? { after: event.after, by: event.by } : life.since;
  return { life: { ...life, state, doubt, since }, events: [event] };
}

function isProof(idle: Idle | null, { firstStep, lastStep }: FeatureLife, settings: LifeSettings): idle is Idle {
  if (idle === null || firstStep === null || lastStep === null) return false;
  const half = (firstStep + lastStep) / 2;
  return idle.since <= half && idle.count >= settings.confirmations && idle.logE >= -Math.log(settings.alpha);
}

function follow(life: FeatureLife, finding: Finding): FeatureState {
  if (life.hasEncoded && life.hasUse) return nextState(life.state, finding, life.isEncoded);
  return nextSimpleState(life.state, finding === "encoded" || finding === "used");
}

const isOfProbe = (finding: Finding): boolean => finding === "encoded" || finding === "not encoded";

/** Where too little was measured of the whole life so far for what a finding leads to. */
function gapOf({ encodedCover, useCover, firstStep }: FeatureLife, finding: Finding, step: number) {
  const cover = isOfProbe(finding) ? encodedCover : useCover;
  return firstGap(cover ?? startCoverage(firstStep ?? step), step);
}

function watchIdle(idle: Idle | null, step: number, evidence: Evidence | null): Idle | null {
  if (evidence === null) return idle;
  if (!evidence.isBeyond) return null;
  if (idle === null) return { since: step, count: 1, logE: evidence.logE };
  return { since: idle.since, count: idle.count + 1, logE: Math.min(700, idle.logE + evidence.logE) };
}

const evidenceReading = ({ step, encoded, used, benefit, learnt }: Reading): EvidenceReading => ({
  step,
  encoded,
  used,
  benefit,
  learnt,
});

interface Change {
  readonly finding: Finding;
  readonly test: ChangeDetector;
  readonly state: FeatureState;
  readonly doubt: Doubt | null;
}

function eventOf(
  feature: string,
  life: FeatureLife,
  { finding, test, state, doubt }: Change,
  step: number,
): LifecycleEvent {
  const event = {
    feature,
    from: life.state,
    to: state,
    doubt,
    after: test.after,
    by: test.by ?? step,
    decidedAt: step,
    test: TESTS[finding],
    alpha: life.settings.alpha,
    eValue: test.logR === null ? null : Math.exp(Math.min(test.logR, 700)),
    readings: [...life.recent],
    claim: claimBy("developmental", isOfProbe(finding) ? "probe" : meansOf(life.intervention), life.layer),
  };
  const gap = doubt === "coverage" ? gapOf(life, finding, step) : null;
  return {
    ...event,
    ...sayEvent(event, { finding, settings: life.settings, intervention: life.intervention, layer: life.layer, gap }),
  };
}
