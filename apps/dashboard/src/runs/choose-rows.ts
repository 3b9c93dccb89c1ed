interface Press {
  /** Ids of the rows, as they stand in the table. */
  readonly rows: readonly string[];
  readonly chosen: readonly string[];
  readonly pressed: string;
  /** The row that was pressed before, if all between are meant too. */
  readonly from: string | null;
}

/** What is chosen after a press: the row, or all from the one before, become what the pressed one was not. */
export function chooseRows({ rows, chosen, pressed, from }: Press): string[] {
  const [start, end] = [from === null ? -1 : rows.indexOf(from), rows.indexOf(pressed)];
  const meant = start === -1 ? [pressed] : rows.slice(Math.min(start, end), Math.max(start, end) + 1);
  const others = chosen.filter((id) => !meant.includes(id));
  if (chosen.includes(pressed)) return others;
  return [...chosen, ...meant.filter((id) => !chosen.includes(id))];
}
