import { memo } from "react";
import { pixelOfX, plotArea, type Size } from "./geometry";
import type { Plot } from "./plot";
import type { LineLook } from "./plot-lines";
import type { EdgeMark } from "./plot-part";

const MARK = 5;
/** Arrows of what lies beyond the axis stand side by side; one stands for those that would cover it. */
const ARROW = 6;

/** Something that happened at one x, as a line from top to bottom: a feature changed its state. */
export interface EventMark {
  /** x as the axis shows it, or, for what draws, its place. */
  readonly at: number;
  readonly kind: string;
  readonly colour: string;
  readonly says: string;
}

/**
 * A small mark at an edge: a filled triangle for ±∞ and what has no place on the axis, a cross for NaN, an open arrow
 * for what lies beyond the axis.
 */
function pathOf(marks: readonly EdgeMark[], kind: EdgeMark["kind"], plot: Plot, size: Size): string {
  const { top, height } = plotArea(size);
  let last = Number.NEGATIVE_INFINITY;
  let path = "";
  for (const mark of marks) {
    if (mark.kind !== kind) continue;
    const x = Math.round(pixelOfX(mark.x, plot.x, size));
    if (x - last < (kind === "above" || kind === "below" ? ARROW : 1)) continue;
    last = x;
    if (kind === "above") path += `M${x - 3.5} ${top + MARK}l3.5 -${MARK - 1}l3.5 ${MARK - 1}`;
    else if (kind === "below") path += `M${x - 3.5} ${top + height - MARK}l3.5 ${MARK - 1}l3.5 -${MARK - 1}`;
    else if (kind === "high") path += `M${x} ${top}l-3 ${MARK}h6z`;
    else if (kind === "low") path += `M${x} ${top + height}l-3 -${MARK}h6z`;
    else path += `M${x - 2.5} ${top + height - 7}l5 5m0 -5l-5 5`;
  }
  return path;
}

/**
 * What is marked beside the lines: values without a place on the axis, the steps at which the model was measured, and
 * those at which a feature changed its state.
 */
export const PlotMarks = memo(function PlotMarks({
  plot,
  size,
  checkpoints,
  events,
  looks,
}: {
  plot: Plot;
  size: Size;
  looks: readonly LineLook[];
  /** Places on the x axis. */
  checkpoints: readonly number[];
  /** At places on the x axis. */
  events: readonly EventMark[];
}) {
  const { top, height } = plotArea(size);
  const byKey = new Map(looks.map((look) => [look.key, look]));
  const isAlone = plot.lines.length === 1;
  const ticks = checkpoints
    .filter((place) => place >= plot.x.from && place <= plot.x.to)
    .map((place) => `M${Math.round(pixelOfX(place, plot.x, size)) + 0.5} ${top + height}v-7`)
    .join("");
  return (
    <svg
      aria-hidden
      data-picture
      className="pointer-events-none absolute inset-0"
      width={size.width}
      height={size.height}
      data-edges={plot.lines.reduce((sum, { edges }) => sum + edges.length, 0)}
    >
      {events
        .filter(({ at }) => at >= plot.x.from && at <= plot.x.to)
        .map(({ at, kind, colour, says }) => {
          const x = Math.round(pixelOfX(at, plot.x, size)) + 0.5;
          return (
            <g key={`${at} ${says}`} data-testid="chart-event" data-to={kind} stroke={colour}>
              <path d={`M${x} ${top}v${height}`} strokeOpacity={0.55} />
              <path d={`M${x} ${top}m-3 -4h6l-3 5z`} fill={colour} />
            </g>
          );
        })}
      {plot.resumes.map(({ at, leg, step }) => {
        const x = Math.round(pixelOfX(at, plot.x, size)) + 0.5;
        return (
          <g key={`${at} ${leg}`} data-testid="chart-resume" data-step={step} stroke="var(--ink-soft)">
            <path d={`M${x} ${top}v${height}`} strokeDasharray="2 3" strokeOpacity={0.8} />
            <path d={`M${x} ${top - 3}v7l-6 -3.5z`} fill="var(--ink-soft)" stroke="none" />
          </g>
        );
      })}
      <path d={ticks} stroke="var(--ink-soft)" strokeWidth={1} fill="none" />
      {plot.lines.map(({ key, edges, abandoned }) => {
        const colour = byKey.get(key)?.colour;
        // Of one line it is a fault that calls; of several it must be told whose it is.
        const fault = isAlone ? "var(--bad)" : colour;
        const isMarked = edges.length > 0 || abandoned.some((part) => part.edges.length > 0);
        return !isMarked ? null : (
          <g key={key} fill="none">
            <g opacity={0.45} stroke={colour} strokeWidth={1.25}>
              {(["above", "below", "nan", "high", "low"] as const).map((kind) => (
                <path key={kind} d={abandoned.map((part) => pathOf(part.edges, kind, plot, size)).join("")} />
              ))}
            </g>
            <path
              data-testid="beyond"
              d={pathOf(edges, "above", plot, size) + pathOf(edges, "below", plot, size)}
              stroke={colour}
              strokeWidth={1.75}
            />
            <path d={pathOf(edges, "nan", plot, size)} stroke={fault} strokeWidth={1.5} />
            <path d={pathOf(edges, "high", plot, size) + pathOf(edges, "low", plot, size)} fill={fault} />
          </g>
        );
      })}
    </svg>
  );
});
