/** The last step of the log-spaced part. */
const LOG_UNTIL = 512;

export interface ScheduleOptions {
  /** Steps 1, 2, 4, 8 … 512, where a training changes fastest. */
  readonly log: boolean;
  /** A whole number of steps: its multiples, after the log-spaced part if there is one. */
  readonly every: number;
}

/**
 * Steps at which a model is measured: 0 (before training), then log-spaced, then even. With `{ log: true, every: 1000
 * }` it is the schedule of Pythia (Biderman et al. 2023): 0, 1, 2, 4 … 512, 1000, 2000, 3000 …
 */
export function isCheckpoint(step: number, { log, every }: ScheduleOptions): boolean {
  if (step === 0) return true;
  if (log && step <= LOG_UNTIL) return Number.isInteger(Math.log2(step));
  return step % every === 0;
}
