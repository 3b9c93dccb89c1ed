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

/** What a rule remembers of one run: plain JSON. */
export interface RuleState {
  series: Record<string, SeriesMemory>;
  /** When it last told of each subject (a feature, a series, the run). */
  toldMs: Record<string, number>;
}

export const emptyRuleState = (): RuleState => ({ series: {}, toldMs: {} });
export const emptySeries = (): SeriesMemory => ({
  window: [],
  best: null,
  bestStep: null,
  lastStep: null,
  holds: false,
});
