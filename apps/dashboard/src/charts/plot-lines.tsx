import { memo } from "react";
import type { Span } from "./axis";
import { pixelsOfX, pixelsOfY, plotArea, type Size } from "./geometry";
import type { Plot, PlotLine } from "./plot";
import type { LaidPart, PlotRow } from "./plot-part";

/** Tenths of a pixel are as fine as anybody sees, and short to write. */
const round = (pixel: number): number => Math.round(pixel * 10) / 10;

/** What turns places into pixels. */
interface Frame {
  readonly x: Span;
  readonly y: Span;
  readonly size: Size;
}

/**
 * Beyond the axis a line goes on out of sight; how far out no longer matters, and not every number is one to an SVG.
 */
const FAR = 1e4;
function pixelsOf({ x, y, size }: Frame) {
  const [toX, toY] = [pixelsOfX(x, size), pixelsOfY(y, size)];
  return {
    x: (place: number): number => round(toX(place)),
    y: (place: number): number => round(Math.min(FAR, Math.max(-FAR, toY(place)))),
  };
}

/** A line through the rows' values, broken where there is none; a value by itself is a dot, by its round ends. */
function linePath(line: LaidPart, frame: Frame, pick: (row: PlotRow) => number | null): string {
  const pixels = pixelsOf(frame);
  let path = "";
  let isOpen = false;
  for (const row of [line.enters, ...line.rows, line.leaves]) {
    const value = row === null ? null : pick(row);
    if (row === null || value === null) {
      isOpen = false;
      continue;
    }
    const point = `${pixels.x(row.x)} ${pixels.y(value)}`;
    path += isOpen ? `L${point}` : `M${point}L${point}`;
    isOpen = true;
  }
  return path;
}

/** The area between the rows' extremes, broken where there are none. */
function bandPath(line: LaidPart, frame: Frame): string {
  const pixels = pixelsOf(frame);
  let path = "";
  let upper = "";
  let lower = "";
  const close = (): void => {
    if (upper !== "") path += `M${upper.slice(1)}${lower}Z`;
    upper = "";
    lower = "";
  };
  for (const { x, band } of line.rows) {
    if (band === null) {
      close();
      continue;
    }
    const pixel = pixels.x(x);
    upper += `L${pixel} ${pixels.y(band[1])}`;
    lower = `L${pixel} ${pixels.y(band[0])}${lower}`;
  }
  close();
  return path;
}

const meanOfRow = (row: PlotRow): number | null => row.raw;
const smoothOfRow = (row: PlotRow): number | null => row.smooth;

/** How a line looks. */
export interface LineLook {
  readonly key: string;
  readonly colour: string;
  /** As SVG has it; null: drawn through. */
  readonly dash: string | null;
}

export interface PlotLinesProps {
  plot: Plot;
  size: Size;
  looks: readonly LineLook[];
  isSmoothed: boolean;
  /** The line that is pointed at: above the others, which step back. */
  lifted: string | null;
}

/** How strong the areas of extremes are drawn: where lines are many they lie above each other. */
const strengthOf = (lines: number): number => Math.max(0.2, 1 / Math.sqrt(lines));

/** Lines in the plot's own pixels. Only those are drawn anew that have changed, or all when an axis has. */
export function PlotLines({ plot, size, looks, isSmoothed, lifted }: PlotLinesProps) {
  const area = plotArea(size);
  const byKey = new Map(looks.map((look) => [look.key, look]));
  const ordered =
    lifted === null ? plot.lines : plot.lines.toSorted((a, b) => Number(a.key === lifted) - Number(b.key === lifted));
  return (
    <svg
      aria-hidden
      x={area.left}
      y={area.top}
      width={area.width}
      height={area.height}
      viewBox={`${area.left} ${area.top} ${area.width} ${area.height}`}
      fill="none"
      strokeLinejoin="round"
      strokeLinecap="round"
    >
      {ordered.map((line) => {
        const look = byKey.get(line.key);
        return look === undefined ? null : (
          <g
            key={line.key}
            data-line={line.key}
            stroke={look.colour}
            opacity={lifted === null || lifted === line.key ? undefined : 0.18}
          >
            <LinePaths
              line={line}
              x={plot.x}
              y={plot.y}
              size={size}
              look={look}
              strength={line.key === lifted ? 1 : strengthOf(plot.lines.length)}
              isSmoothed={isSmoothed}
            />
          </g>
        );
      })}
    </svg>
  );
}

interface LinePathsProps extends Frame {
  line: PlotLine;
  look: LineLook;
  strength: number;
  isSmoothed: boolean;
}

/**
 * Extremes as an area, means as a line, and, smoothed, a second line above both: one path each. Recharts' own lines
 * make an object of every point several times over, which thirty live charts cannot afford.
 */
const LinePaths = memo(function LinePaths({ line, x, y, size, look, strength, isSmoothed }: LinePathsProps) {
  const frame = { x, y, size };
  const { colour } = look;
  const dash = look.dash ?? undefined;
  const isDot = line.rows.length === 1 && line.enters === null && line.leaves === null;
  return (
    <>
      {line.abandoned.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the legs of a run stay in their order
        <g key={index} className="series-abandoned" strokeDasharray={part.rows.length === 1 ? undefined : "3 3"}>
          {part.hasBand ? (
            <path d={bandPath(part, frame)} fill={colour} fillOpacity={0.07 * strength} stroke="none" />
          ) : null}
          <path d={linePath(part, frame, meanOfRow)} strokeOpacity={0.45} strokeWidth={1} />
        </g>
      ))}
      {line.hasBand ? (
        // Its outline is as wide as a pixel, so that one extreme among a thousand points to a pixel is seen as well.
        <path
          className="series-band"
          d={bandPath(line, frame)}
          fill={colour}
          fillOpacity={0.2 * strength}
          strokeOpacity={0.35 * strength}
          strokeWidth={1}
        />
      ) : null}
      <path
        className="series-raw"
        d={linePath(line, frame, meanOfRow)}
        strokeOpacity={isSmoothed ? 0.2 + 0.15 * strength : 1}
        strokeWidth={isDot ? 5 : isSmoothed ? 1 : 1.5}
        strokeDasharray={isDot || isSmoothed ? undefined : dash}
      />
      {isSmoothed ? (
        <path
          className="series-smooth"
          d={linePath(line, frame, smoothOfRow)}
          strokeWidth={1.75}
          strokeDasharray={dash}
        />
      ) : null}
    </>
  );
}, isDrawnAlike);

/** Laid out anew, a line that has not changed has the same rows. */
function isDrawnAlike(a: LinePathsProps, b: LinePathsProps): boolean {
  return (
    isSameSpan(a.x, b.x) &&
    isSameSpan(a.y, b.y) &&
    a.size === b.size &&
    a.look === b.look &&
    a.strength === b.strength &&
    a.isSmoothed === b.isSmoothed &&
    isSamePart(a.line, b.line) &&
    a.line.abandoned.length === b.line.abandoned.length &&
    a.line.abandoned.every((part, index) => isSamePart(part, b.line.abandoned[index]))
  );
}

const isSameSpan = (a: Span, b: Span): boolean => a.from === b.from && a.to === b.to;
const isSamePart = (a: LaidPart, b: LaidPart | undefined): boolean =>
  a.rows === b?.rows && a.enters === b.enters && a.leaves === b.leaves;
