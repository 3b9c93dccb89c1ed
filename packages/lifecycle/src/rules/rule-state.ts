/** What a rule remembers of one series of a run. */
export interface SeriesMemory {
  /** The newest finite values, oldest first, as many as the condition looks at. */
  window: number[];
  /** Lowest mean, or best value, so far; null: none yet. */
  best: number | null;
  bestStep: number | null;
  /** The last step that was seen before the condition held. */
  lastStep: number | null;
  /** It holds already, and was told of. */
  holds: boolean;
}

/**
 * What a rule remembers of one subject of a run: a series, a state of a feature, the run. Plain JSON, stored by itself,
 * so that a frame costs what its own series cost, however many others the run has.
 */
export interface SubjectMemory {
  /** Null: it is no series, or one of which nothing needs to be remembered. */
  readonly series: SeriesMemory | null;
  /** When the rule last told of it; null: never. */
  readonly toldMs: number | null;
  /** The key of what it told then. */
  readonly toldKey: string | null;
  /** What its cooldown has kept silent since. */
  readonly swallowed: Swallowed | null;
}

/** Firings that were not told: how many, and the steps of the first and the last, where they have one. */
export interface Swallowed {
  readonly count: number;
  readonly from: number | null;
  readonly to: number | null;
}

export const emptySubject: SubjectMemory = { series: null, toldMs: null, toldKey: null, swallowed: null };

export const emptySeries = (): SeriesMemory => ({
  window: [],
  best: null,
  bestStep: null,
  lastStep: null,
  holds: false,
});
