import { formatCount } from "../format/number";
import { type AtPlace, shownValue } from "./at-place";
import { type Span, unprojectX, type XAxisMode } from "./axis";
import { describeBeyond } from "./beyond";
import type { Size } from "./geometry";
import { LineSample } from "./legend";
import type { Line } from "./line";
import { valuesAt } from "./plot";
import { meanOf } from "./plot-part";
import { xTitle } from "./ticks";
import { formatIn, type Unit, unitOf } from "./unit";
import { beyondOf } from "./y-range";

/**
 * So many lines are told of one by one; of more, those about the one that is pointed at. On a small panel the legend
 * has the others.
 */
const MOST = 12;
const MOST_ON_SMALL = 5;
const SMALL = 300;

export interface HoverBoxProps {
  left: number;
  size: Size;
  at: readonly AtPlace[];
  /** Where the crosshair stands. */
  crossed: AtPlace;
  /** The line that is pointed at; null: none is near. */
  pointed: AtPlace | null;
  lines: readonly Line[];
  x: XAxisMode;
  y: Span;
  logY: boolean;
  /** What happened here. */
  notes: readonly string[];
}

/**
 * What the lines of a panel are at the crosshair: of one all that its mark stands for, of several each value, from high
 * to low.
 */
export function HoverBox({ left, size, at, crossed, pointed, lines, x, y, logY, notes }: HoverBoxProps) {
  const isRight = left > size.width / 2;
  const [only] = at;
  const isSmall = size.height < SMALL;
  const most = isSmall ? MOST_ON_SMALL : MOST;
  const told = lines.length === 1 ? only : isSmall ? undefined : (pointed ?? undefined);
  const lineOf = (one: AtPlace): Line | undefined => lines.find(({ key }) => key === one.line.key);
  const sorted = at.toSorted((a, b) => shownValue(b) - shownValue(a));
  const middle = pointed === null ? 0 : sorted.indexOf(pointed);
  const start = Math.max(0, Math.min(middle - Math.floor(most / 2), sorted.length - most));
  const shown = lines.length === 1 ? [] : sorted.slice(start, start + most);
  const unit = unitOf(told === undefined ? "" : (lineOf(told)?.series ?? ""));
  return (
    <div
      data-testid="hover-box"
      className="pointer-events-none absolute top-2 z-10 max-w-80 rounded-md border border-line-strong bg-panel px-2 py-1 text-2xs shadow-sm"
      style={isRight ? { right: size.width - left + 10 } : { left: left + 10 }}
    >
      <p className="mb-0.5 whitespace-nowrap font-medium">{xTitle(unprojectX(crossed.row.x, x), x)}</p>
      {shown.length === 0 ? null : (
        <ul className="grid gap-x-3 leading-4">
          {shown.map((one) => {
            const line = lineOf(one);
            return line === undefined ? null : (
              <li
                key={line.key}
                className={`flex items-center gap-1.5 ${pointed === one ? "font-semibold" : pointed === null ? "" : "text-soft"}`}
              >
                <LineSample line={line} />
                <span className="min-w-0 truncate">{line.name}</span>
                <span className="ml-auto whitespace-nowrap pl-2">{formatIn(unitOf(line.series), shownValue(one))}</span>
              </li>
            );
          })}
          {sorted.length > shown.length ? (
            <li className="text-faint">and {formatCount(sorted.length - shown.length)} more</li>
          ) : null}
        </ul>
      )}
      {told === undefined ? null : (
        <dl className={`grid grid-cols-[auto_auto] gap-x-3 ${shown.length === 0 ? "" : "mt-1 border-t pt-0.5"}`}>
          {describe(told, y, logY, unit, lines.length > 1).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-soft">{name}</dt>
              <dd className="whitespace-nowrap text-right">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {notes.map((note) => (
        <p key={note} className="whitespace-nowrap">
          {note}
        </p>
      ))}
    </div>
  );
}

function describe(
  { bucket, row: { smooth } }: AtPlace,
  y: Span,
  logY: boolean,
  unit: Unit,
  isValueTold: boolean,
): [name: string, value: string][] {
  const mean = meanOf(bucket);
  const lines: [string, string][] = [];
  if (bucket.count === 1) {
    if (!isValueTold) lines.push(["value", formatIn(unit, bucket.last)]);
  } else {
    if (!isValueTold) lines.push(["mean", mean === null ? "none" : formatIn(unit, mean)]);
    if (mean !== null && bucket.min < bucket.max) {
      lines.push(["min", formatIn(unit, bucket.min)], ["max", formatIn(unit, bucket.max)]);
    }
    lines.push(["points", formatCount(bucket.count)]);
  }
  const { above, below } = beyondOf(bucket, valuesAt(y, logY), logY);
  for (const [side, beyond] of [["above", above] as const, ["below", below] as const]) {
    if (beyond !== null) lines.push([`${side} the axis`, describeBeyond(beyond, unit)]);
  }
  if (smooth !== null) lines.push(["smoothed", formatIn(unit, logY ? 10 ** smooth : smooth)]);
  if (bucket.count > 1 && bucket.nan > 0) lines.push(["NaN", formatCount(bucket.nan)]);
  if (bucket.count > 1 && bucket.posInf > 0) lines.push(["∞", formatCount(bucket.posInf)]);
  if (bucket.count > 1 && bucket.negInf > 0) lines.push(["−∞", formatCount(bucket.negInf)]);
  return lines;
}
