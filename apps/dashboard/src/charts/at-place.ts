import type { Span } from "./axis";
import type { Plot, PlotLine } from "./plot";
import { meanOf, nearestRow, type PlotRow } from "./plot-part";

/** What a line shows at a place on the x axis. */
export interface AtPlace {
  readonly line: PlotLine;
  readonly row: PlotRow;
  readonly bucket: PlotLine["buckets"][number];
}

/** A line that has ended, or not begun, shows nothing further away from its ends than this share of the axis. */
const NEAR_ENDS = 0.02;

/** The mark of a line that lies nearest to a place; null where the line is not. */
export function atPlace(line: PlotLine, place: number, x: Span): AtPlace | null {
  const index = nearestRow(line.rows, place);
  if (index === null) return null;
  const [first, last] = [line.rows[0], line.rows.at(-1)];
  const room = (x.to - x.from) * NEAR_ENDS;
  const [row, bucket] = [line.rows[index], line.buckets[index]];
  if (row === undefined || bucket === undefined || first === undefined || last === undefined) return null;
  const isOff = (line.enters === null && place < first.x - room) || (line.leaves === null && place > last.x + room);
  return isOff ? null : { line, row, bucket };
}

/** The newest mark of a line. */
export function atEnd(line: PlotLine): AtPlace | null {
  const [row, bucket] = [line.rows.at(-1), line.buckets.at(-1)];
  return row === undefined || bucket === undefined ? null : { line, row, bucket };
}

/** The value of a mark: of one point that, of several their mean. */
export const shownValue = ({ bucket }: Pick<AtPlace, "bucket">): number =>
  bucket.count === 1 ? bucket.last : (meanOf(bucket) ?? bucket.last);

/** The place of the mark before or after a place, of whatever line; null: of the last. */
export function neighbourOf({ lines, x }: Plot, place: number | null, direction: -1 | 1): number | null {
  const closer = direction === 1 ? Math.min : Math.max;
  if (place === null)
    return reduceOf(
      lines.flatMap(({ rows }) => rows.at(-1)?.x ?? []),
      Math.max,
    );
  // What went to a step and came back is not exactly where it was.
  const least = (x.to - x.from) * 1e-9;
  const beyond = lines.flatMap(({ rows }) => {
    const index = nearestRow(rows, place);
    if (index === null) return [];
    return [index - 1, index, index + 1].flatMap((one) => {
      const at = rows[one]?.x;
      return at !== undefined && (at - place) * direction > least ? [at] : [];
    });
  });
  return reduceOf(beyond, closer) ?? place;
}

function reduceOf(places: readonly number[], pick: (a: number, b: number) => number): number | null {
  return places.length === 0 ? null : places.reduce((one, other) => pick(one, other));
}
