/** When a leg (what one writer appended to its run) was written, by its writer's clock. */
export interface LegTimes {
  /** The number of the writer, in the order in which they were opened, from 1. */
  readonly leg: number;
  readonly startedAtMs: number;
  /** When it sealed its newest frame. */
  readonly lastAtMs: number;
}

/** Where a leg begins in one series: its smallest step. */
export interface LegStart {
  readonly leg: number;
  readonly fromStep: number;
}

/** What of a leg counts in one series. */
export interface LegPlace extends LegStart {
  /** Its points from this step on were logged anew by a later leg: they are abandoned. Infinity: none are. */
  readonly cut: number;
  /** When it began, if it goes on where another leg of the series had ended; null: it does not. */
  readonly resumedAtMs: number | null;
  /**
   * A frame that this leg seals later shows that a leg which seems to go on from it ran beside it. Infinity: there is
   * none.
   */
  readonly untilMs: number;
}

/**
 * Whether one leg goes on from another: its writer started when the other had sealed its last frame. Legs that were
 * written at the same time do not, so the processes of one training are never taken for a resume, and a spool that is
 * delivered late still is one.
 */
export function succeeds(later: LegTimes, earlier: LegTimes): boolean {
  if (earlier.lastAtMs > later.startedAtMs || earlier.leg === later.leg) return false;
  return earlier.startedAtMs < later.startedAtMs || earlier.leg < later.leg;
}

/**
 * What counts of the legs of one series. Where a leg goes on from another, and from a step that the other has too, that
 * step and all behind it are the newer one's: each step of the line is of one training. It depends on nothing but
 * smallest steps and times, so it is the same in whatever order frames came. Legs whose times are not known count as
 * written beside the others.
 */
export function placeLegs(starts: readonly LegStart[], times: readonly LegTimes[]): LegPlace[] {
  if (starts.length === 1) return starts.map((start) => ({ ...start, ...ALONE }));
  const byLeg = new Map(times.map((one) => [one.leg, one]));
  return starts.map((start) => {
    const own = byLeg.get(start.leg);
    let { cut, resumedAtMs, untilMs } = ALONE;
    for (const other of own === undefined ? [] : starts) {
      const others = byLeg.get(other.leg);
      if (own === undefined || others === undefined) continue;
      if (succeeds(own, others)) resumedAtMs = own.startedAtMs;
      if (!succeeds(others, own)) continue;
      cut = Math.min(cut, other.fromStep);
      untilMs = Math.min(untilMs, others.startedAtMs);
    }
    return { ...start, cut, resumedAtMs, untilMs };
  });
}

const ALONE: Omit<LegPlace, keyof LegStart> = {
  cut: Number.POSITIVE_INFINITY,
  resumedAtMs: null,
  untilMs: Number.POSITIVE_INFINITY,
};

/** The same legs when this one has points at these steps as well. */
export function addSteps(starts: readonly LegStart[], leg: number, steps: ArrayLike<number>): readonly LegStart[] {
  const known = starts.find((one) => one.leg === leg)?.fromStep;
  let fromStep = known ?? Number.POSITIVE_INFINITY;
  for (let index = 0; index < steps.length; index++) fromStep = Math.min(fromStep, steps[index] ?? fromStep);
  if (fromStep === known) return starts;
  return [...starts.filter((one) => one.leg !== leg), { leg, fromStep }].sort((a, b) => a.leg - b.leg);
}
