/** Gives the next numbers of a run, whose row is locked: see `run.numbersGiven`. */
export interface Numbers {
  /** Gives `count` of them, one after the other: the returned one is that before the first. */
  readonly give: (count: number) => number;
  /** How many are given by now. */
  readonly given: () => number;
}

export function giveNumbers(before: number): Numbers {
  let given = before;
  return {
    give: (count) => {
      given += count;
      return given - count;
    },
    given: () => given,
  };
}
