import type { FeatureState } from "@tailbone/protocol/reading";

export interface StateLook {
  readonly colour: string;
  /** What the state says of a feature, in one line. */
  readonly meaning: string;
}

/**
 * How each state of a feature looks, everywhere. Its pattern, which tells it apart without colour, is drawn by
 * `StateSpan`.
 */
export const STATES: Readonly<Record<FeatureState, StateLook>> = {
  absent: { colour: "var(--state-absent)", meaning: "A probe does not read it, and the model does not use it." },
  latent: { colour: "var(--state-latent)", meaning: "A probe reads it; no benefit of it is shown yet." },
  functional: { colour: "var(--state-functional)", meaning: "A probe reads it, and the model gains by it." },
  vestigial: {
    colour: "var(--state-vestigial)",
    meaning: "It served once. A probe still reads it; it is no longer used.",
  },
  lost: { colour: "var(--state-lost)", meaning: "It served once; it is neither used nor readable any more." },
  "re-emergent": { colour: "var(--state-re-emergent)", meaning: "It is used again after it had fallen out of use." },
  spandrel: { colour: "var(--state-spandrel)", meaning: "Readable to the end, and never used: a side effect." },
  anomaly: {
    colour: "var(--state-anomaly)",
    meaning: "The model gains by it, but the probe does not read it: another code, or an artefact.",
  },
};
