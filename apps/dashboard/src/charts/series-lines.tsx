import { pixelsOfX, pixelsOfY, plotArea, type Size } from "./geometry";
import type { Plot, PlotLine, PlotRow } from "./plot";

/** Tenths of a pixel are as fine as anybody sees, and short to write. */
const round = (pixel: number): number => Math.round(pixel * 10) / 10;

/** Beyond the axis a line goes on out of sight; how far out no longer matters, and not every number is one to an SVG. */
const FAR = 1e4;
function pixelsOf(plot: Plot, size: Size) {
  const [toX, toY] = [pixelsOfX(plot.x, size), pixelsOfY(plot.y, size)];
  return {
    x: (place: number): number => round(toX(place)),
    y: (place: number): number => round(Math.min(FAR, Math.max(-FAR, toY(place)))),
  };
}

/** A line through the rows' values, broken where there is none; a value by itself is a dot, by its round ends. */
function linePath(line: PlotLine, plot: Plot, size: Size, pick: (row: PlotRow) => number | null): string {
  const pixels = pixelsOf(plot, size);
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
function bandPath(line: PlotLine, plot: Plot, size: Size): string {
  const pixels = pixelsOf(plot, size);
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

export interface SeriesLinesProps {
  plot: Plot;
  size: Size;
  colour: string;
  isSmoothed: boolean;
}

/**
 * Extremes as an area, means as a line, and, smoothed, a second line above both: one path each. Recharts' own lines make an object
 * of every point several times over, which thirty live charts cannot afford.
 */
export function SeriesLines({ plot, size, colour, isSmoothed }: SeriesLinesProps) {
  const area = plotArea(size);
  const isDot = plot.rows.length === 1 && plot.enters === null && plot.leaves === null;
  return (
    <svg
      aria-hidden
      x={area.left}
      y={area.top}
      width={area.width}
      height={area.height}
      viewBox={`${area.left} ${area.top} ${area.width} ${area.height}`}
      fill="none"
      stroke={colour}
      strokeLinejoin="round"
      strokeLinecap="round"
    >
      {plot.abandoned.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the legs of a run stay in their order
        <g key={index} className="series-abandoned" strokeDasharray={line.rows.length === 1 ? undefined : "3 3"}>
          {line.hasBand ? <path d={bandPath(line, plot, size)} fill={colour} fillOpacity={0.07} stroke="none" /> : null}
          <path d={linePath(line, plot, size, meanOfRow)} strokeOpacity={0.45} strokeWidth={1} />
        </g>
      ))}
      {plot.hasBand ? (
        // Its outline is as wide as a pixel, so that one extreme among a thousand points to a pixel is seen as well.
        <path d={bandPath(plot, plot, size)} fill={colour} fillOpacity={0.2} strokeOpacity={0.35} strokeWidth={1} />
      ) : null}
      <path
        className="series-raw"
        d={linePath(plot, plot, size, meanOfRow)}
        strokeOpacity={isSmoothed ? 0.35 : 1}
        strokeWidth={isDot ? 5 : isSmoothed ? 1 : 1.5}
      />
      {isSmoothed ? (
        <path className="series-smooth" d={linePath(plot, plot, size, smoothOfRow)} strokeWidth={1.75} />
      ) : null}
    </svg>
  );
}
