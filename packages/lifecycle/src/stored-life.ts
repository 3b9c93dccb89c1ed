import type { EvidenceReading } from "@tailbone/protocol/lifecycle";
import { startDetector } from "./change-detector";
import { type Coverage, extendCoverage, startCoverage } from "./coverage";
import { type FeatureLife, LIFE_VERSION, startFeature } from "./feature-life";

type Since1 =
  | "version"
  | "layer"
  | "doubt"
  | "doubtTest"
  | "encodedCover"
  | "useCover"
  | "erasedIdle"
  | "intervention"
  | "recent";

/** A life as it was stored before lives had versions. */
export interface FeatureLife1 extends Omit<FeatureLife, Since1> {
  readonly recent: readonly Omit<EvidenceReading, "learnt">[];
}

/**
 * A life that was stored by the version before, as this one knows it. `layer`: where the feature is looked for. What an
 * older version did not keep is not made up: of readings before the last few it is not known at which steps they were,
 * nor how use was looked for, so that they are a gap, and what spoke against use begins anew.
 */
export function upgradeLife(stored: FeatureLife1, layer: string | null): FeatureLife {
  const { firstStep, recent, isUsed, useTest } = stored;
  const cover = coverOf(
    firstStep,
    recent.map(({ step }) => step),
  );
  return {
    ...startFeature(stored.settings, layer),
    ...stored,
    version: LIFE_VERSION,
    useTest: isUsed ? startDetector(useTest.after) : useTest,
    doubtTest: startDetector(null),
    encodedCover: stored.hasEncoded ? cover : null,
    useCover: stored.hasUse ? cover : null,
    idle: null,
    recent: recent.map((reading) => ({ ...reading, learnt: null })),
  };
}

const coverOf = (firstStep: number | null, steps: readonly number[]): Coverage | null =>
  firstStep === null ? null : steps.reduce(extendCoverage, startCoverage(firstStep));
