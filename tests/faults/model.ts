/*
 * What was promised of a run, and what became of it. Pure: facts in, problems out. A step is one `log` call; all series
 * of a trainer have a point at each of its steps, whose value is the step.
 */

export interface TrainerFacts {
  /** Its steps are `first`, `first` + 1 …; no other trainer has them. */
  readonly first: number;
  /** Series, each with a point at each step. */
  readonly width: number;
  /** Steps that it could have logged at all. */
  readonly planned: number;
  /** Steps that are promised: on disk when it was killed, or all when it ended in order. */
  readonly synced: number;
  /**
   * Steps that may be missing, and then are to be reported: their frames were damaged, or forgotten by a database that
   * was put back.
   */
  readonly excused: ReadonlySet<number>;
  /** Steps in frames cut off an end: nobody can know that they were there. */
  readonly cutOff: ReadonlySet<number>;
  /** Steps in frames that were named as not delivered, and still lie on disk. */
  readonly kept: ReadonlySet<number>;
}

export interface RunFacts {
  /** The trainers of the run, in their order. */
  readonly trainers: readonly TrainerFacts[];
  /** What the hub has of each series: name, steps, values. */
  readonly series: readonly { readonly steps: readonly number[]; readonly values: readonly (number | string)[] }[];
  /** Points that the run says are missing. */
  readonly reported: number;
}

export interface Verdict {
  /** Empty: the promise was kept. */
  readonly problems: readonly string[];
  /** Points that are promised or stored. */
  readonly logged: number;
  readonly stored: number;
  /** Points that are missing and reported, by the run or on the terminal. */
  readonly missing: number;
  /** Points cut off an end, of which no trace was left. */
  readonly cutOff: number;
}

const few = (steps: readonly number[]): string => `${steps.slice(0, 5).join(", ")}${steps.length > 5 ? " …" : ""}`;

function ownerOf(trainers: readonly TrainerFacts[], step: number): TrainerFacts | undefined {
  return trainers.find(({ first, planned }) => first <= step && step < first + planned);
}

/** Says what is lost, doubled, invented or wrongly reported of one run. */
export function judgeRun({ trainers, series, reported }: RunFacts): Verdict {
  const problems: string[] = [];
  let [logged, stored, missing, torn, mustReport, mayReport] = [0, 0, 0, 0, 0, 0];
  for (const [index, { steps, values }] of series.entries()) {
    const there = new Set(steps);
    if (there.size < steps.length) {
      const twice = steps.filter((step, place) => steps.indexOf(step) < place);
      problems.push(`series ${index}: ${twice.length} points are stored twice (${few(twice)})`);
    }
    const wrong = steps.filter((step, place) => values[place] !== step);
    if (wrong.length > 0) problems.push(`series ${index}: ${wrong.length} points have another's value (${few(wrong)})`);
    const strange = steps.filter((step) => (ownerOf(trainers, step)?.width ?? 0) <= index);
    if (strange.length > 0) problems.push(`series ${index}: ${strange.length} points nobody logged (${few(strange)})`);
    stored += there.size;

    for (const { first, width, planned, synced, excused, cutOff, kept } of trainers) {
      if (width <= index) continue;
      // Frames are stored in their order: what lies before a stored point was synced too.
      const last = steps.findLast((step) => first <= step && step < first + planned) ?? -1;
      const promised = Math.max(synced, last - first + 1);
      const gone = Array.from({ length: promised }, (_, count) => first + count).filter((step) => !there.has(step));
      const lost = gone.filter((step) => !excused.has(step) && !cutOff.has(step) && !kept.has(step));
      if (lost.length > 0) {
        problems.push(`series ${index}: ${lost.length} of ${promised} promised points are lost (${few(lost)})`);
      }
      const unkept = gone.filter((step) => !kept.has(step));
      mustReport += unkept.filter((step) => excused.has(step)).length;
      mayReport += unkept.length;
      logged += promised;
      missing += gone.filter((step) => excused.has(step) || kept.has(step)).length;
      torn += gone.filter((step) => cutOff.has(step)).length;
    }
  }
  if (reported < mustReport) {
    problems.push(`${mustReport} points are missing, and the run says ${reported}`);
  }
  if (reported > mayReport) {
    problems.push(`the run says that ${reported} points are missing, and only ${mayReport} are`);
  }
  return { problems, logged, stored, missing, cutOff: torn };
}
