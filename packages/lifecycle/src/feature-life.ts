import type { EvidenceReading, LifecycleEvent, LifeSettings } from "@tailbone/protocol/lifecycle";
import type { FeatureState, Reading, ReadingMark } from "@tailbone/protocol/reading";
import { type ChangeDetector, hasChanged, IDLE, startDetector, watchReading } from "./change-detector";
import { claimOf } from "./claim";
import { type Evidence, evidenceAbove, evidenceBelow, evidenceForBoth } from "./evidence";
import { sayEvent } from "./say-event";
import { LEAST_LEARNT } from "./settings";
import { type Finding, nextSimpleState, nextState } from "./transitions";

/** Readings that an event shows as its evidence. */
const RECENT = 6;

/** What the readings so far say of one feature. All of it is plain JSON. */
export interface FeatureLife {
  readonly settings: LifeSettings;
  readonly state: FeatureState;
  /** When the state began: after one step and by another. */
  readonly since: { readonly after: number | null; readonly by: number } | null;
  readonly isEncoded: boolean;
  readonly isUsed: boolean;
  readonly hasBeenUsed: boolean;
  /** Which series there are. */
  readonly hasEncoded: boolean;
  readonly hasUse: boolean;
  /** Looks for the feature to become encoded, or to be so no longer; and likewise for its use. */
  readonly encodedTest: ChangeDetector;
  readonly useTest: ChangeDetector;
  readonly firstStep: number | null;
  readonly lastStep: number | null;
  /** Readings that counted, and those that did not: marked, late, or twice at a step. */
  readonly counted: number;
  readonly passedOver: number;
  /** Readings in a row that showed no use: since which step, how many, and their evidence together. */
  readonly idle: { readonly since: number; readonly count: number; readonly logE: number } | null;
  readonly recent: readonly EvidenceReading[];
}

export const startFeature = (settings: LifeSettings): FeatureLife => ({
  settings,
  state: "absent",
  since: null,
  isEncoded: false,
  isUsed: false,
  hasBeenUsed: false,
  hasEncoded: false,
  hasUse: false,
  encodedTest: IDLE,
  useTest: IDLE,
  firstStep: null,
  lastStep: null,
  counted: 0,
  passedOver: 0,
  idle: null,
  recent: [],
});

const MUTE: ReadonlySet<ReadingMark> = new Set(["off_distribution", "not_measurable", "skipped"]);

/** Whether a reading can move a state: it is not marked, and it is later than those before it. */
export function counts(life: FeatureLife, reading: Reading): boolean {
  if (reading.marks.some((mark) => MUTE.has(mark))) return false;
  return life.lastStep === null || reading.step > life.lastStep;
}

/** Takes a reading in; nothing is decided yet. */
export function watchFeature(life: FeatureLife, reading: Reading): FeatureLife {
  if (!counts(life, reading)) return { ...life, passedOver: life.passedOver + 1 };
  const { step } = reading;
  const encoded = encodedEvidence(life, reading);
  const use = useEvidence(life, reading);
  const unused = unusedEvidence(life.settings, reading);
  return {
    ...life,
    hasEncoded: life.hasEncoded || reading.encoded !== null,
    hasUse: life.hasUse || use !== null,
    encodedTest: encoded === null ? life.encodedTest : watchReading(life.encodedTest, step, encoded),
    useTest: use === null ? life.useTest : watchReading(life.useTest, step, use),
    firstStep: life.firstStep ?? step,
    lastStep: step,
    counted: life.counted + 1,
    // A model that has learnt nothing has no side effects of learning either.
    idle: isNoise(reading) ? null : unused === null ? life.idle : watchIdle(life.idle, step, unused),
    recent: [...life.recent, evidenceReading(reading)].slice(-RECENT),
  };
}

/** The largest evidence that waits for a decision, as a logarithm; null: none. */
export function pendingEvidence({ encodedTest, useTest, hasEncoded, hasUse }: FeatureLife): number | null {
  const logs = [hasEncoded ? encodedTest.logR : null, hasUse ? useTest.logR : null].filter((log) => log !== null);
  return logs.length === 0 ? null : Math.max(...logs);
}

interface Decision {
  readonly life: FeatureLife;
  readonly events: readonly LifecycleEvent[];
}

/**
 * Decides, after a reading was taken in, whether something has changed. `logThreshold`: what the evidence must reach, at least
 * log(1 / alpha), more where many features are watched.
 */
export function decideFeature(name: string, before: FeatureLife, reading: Reading, logThreshold: number): Decision {
  let life = before;
  const events: LifecycleEvent[] = [];
  const { confirmations } = life.settings;
  const find = (finding: Finding, test: ChangeDetector): void => {
    const state = follow(life, finding);
    if (state === life.state) return;
    const event = eventOf(name, life, state, finding, test, reading);
    events.push(event);
    life = { ...life, state, since: { after: event.after, by: event.by } };
  };
  if (life.hasEncoded && hasChanged(life.encodedTest, confirmations, logThreshold)) {
    const test = life.encodedTest;
    life = { ...life, isEncoded: !life.isEncoded, encodedTest: startDetector(reading.step) };
    find(life.isEncoded ? "encoded" : "not encoded", test);
  }
  if (life.hasUse && hasChanged(life.useTest, confirmations, logThreshold) && !isAboutToBeEncoded(life, reading)) {
    const test = life.useTest;
    life = { ...life, isUsed: !life.isUsed, hasBeenUsed: true, useTest: startDetector(reading.step) };
    find(life.isUsed ? "used" : "unused", test);
  }
  return { life, events };
}

/** A feature that is used is an anomaly only if it is not encoded: where that is about to be found, it is waited for. */
function isAboutToBeEncoded({ isEncoded, isUsed, hasEncoded, settings }: FeatureLife, { encoded }: Reading): boolean {
  return !isUsed && hasEncoded && !isEncoded && encoded !== null && encoded.value > settings.encodedOn;
}

/**
 * The end of a training: a feature that was latent to the end, and of which every reading of the second half of the training says that
 * it is not used, is a spandrel. Without enough evidence it stays latent.
 */
export function finishFeature(name: string, life: FeatureLife): Decision {
  const { idle, firstStep, lastStep, settings } = life;
  if (life.state !== "latent" || idle === null || firstStep === null || lastStep === null) return { life, events: [] };
  const half = (firstStep + lastStep) / 2;
  const isProven = idle.since <= half && idle.count >= settings.confirmations && idle.logE >= -Math.log(settings.alpha);
  if (!isProven) return { life, events: [] };
  const test = { logR: idle.logE, streak: idle.count, after: life.since?.after ?? null, by: lastStep };
  const reading = life.recent.at(-1);
  const event = eventOf(name, life, "spandrel", "ended unused", test, {
    step: lastStep,
    intervention: "swap",
    ...reading,
  });
  return { life: { ...life, state: "spandrel", since: { after: event.after, by: event.by } }, events: [event] };
}

function follow(life: FeatureLife, finding: Finding): FeatureState {
  if (life.hasEncoded && life.hasUse) return nextState(life.state, finding, life.isEncoded);
  return nextSimpleState(life.state, finding === "encoded" || finding === "used");
}

function encodedEvidence({ isEncoded, settings }: FeatureLife, { encoded }: Reading): Evidence | null {
  if (encoded === null) return null;
  return isEncoded ? evidenceBelow(encoded, settings.encodedOff) : evidenceAbove(encoded, settings.encodedOn);
}

/** While nothing much has been learnt, benefit is noise over noise. */
const isNoise = ({ learnt }: Reading): boolean => learnt !== null && learnt < LEAST_LEARNT;

/** Evidence for the use to begin or to end. Before anything is learnt, benefit speaks for nothing. */
function useEvidence({ isUsed, settings }: FeatureLife, reading: Reading): Evidence | null {
  if (isUsed) return unusedEvidence(settings, reading);
  const measured = reading.benefit ?? reading.used;
  if (measured === null) return null;
  if (isNoise(reading)) return { logE: 0, isTowards: false, isBeyond: false, isAgainst: true };
  return evidenceAbove(measured, settings.benefitOn);
}

/**
 * Evidence that the feature is not used: an equivalence test of each series there is, and of both where there are both. While the model
 * does no better than chance on what it is measured with, its benefit says nothing, either way.
 */
function unusedEvidence(settings: LifeSettings, reading: Reading): Evidence | null {
  const { used, benefit } = reading;
  const byUse = used === null ? null : evidenceBelow(used, settings.usedOff);
  const byBenefit = benefit === null || isNoise(reading) ? null : evidenceBelow(benefit, settings.benefitOff);
  if (byUse !== null && byBenefit !== null) return evidenceForBoth(byUse, byBenefit);
  return byUse ?? byBenefit;
}

function watchIdle(idle: FeatureLife["idle"], step: number, { logE, isBeyond }: Evidence): FeatureLife["idle"] {
  if (!isBeyond) return null;
  if (idle === null) return { since: step, count: 1, logE };
  return { since: idle.since, count: idle.count + 1, logE: Math.min(700, idle.logE + logE) };
}

const evidenceReading = ({ step, encoded, used, benefit }: Reading): EvidenceReading => ({
  step,
  encoded,
  used,
  benefit,
});

type Occasion = Pick<Reading, "step" | "intervention" | "encoded" | "used" | "benefit">;

function eventOf(
  feature: string,
  life: FeatureLife,
  to: FeatureState,
  finding: Finding,
  test: ChangeDetector,
  reading: Partial<Occasion> & Pick<Occasion, "step" | "intervention">,
): LifecycleEvent {
  const event = {
    feature,
    from: life.state,
    to,
    after: test.after,
    by: test.by ?? reading.step,
    decidedAt: reading.step,
    test:
      finding === "used" || finding === "encoded"
        ? "Shiryaev-Roberts e-detector"
        : "Shiryaev-Roberts e-detector of equivalence",
    alpha: life.settings.alpha,
    eValue: test.logR === null ? null : Math.exp(Math.min(test.logR, 700)),
    readings: [...life.recent],
    claim: claimOf(finding, reading.intervention),
  };
  return { ...event, sentence: sayEvent(event, life.settings) };
}
