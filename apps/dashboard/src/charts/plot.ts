import type { Outliers } from "@tailbone/protocol/page-state/views";
import { spanOf } from "@tailbone/series/summary";
import type { ChartView } from "../live/chart-view";
import { hubAxis, projectX, type Span, shownX, type XAxisMode } from "./axis";
import { type EdgeMark, isDrawn, type LaidPart, layOutPart, type PartOptions } from "./plot-part";
import { type Tick, xTicks, yTicks } from "./ticks";
import type { Unit } from "./unit";
import { type Beyond, beyondOf, rangeOfY, spanOfLines, sumBeyond, unionOf, type YLimits } from "./y-range";

export interface PlotOptions extends PartOptions {
  /** Null: y from the data alone. */
  readonly limits: YLimits | null;
  readonly unit?: Unit;
  /** About how many ticks each axis has room for. */
  readonly ticks: { readonly x: number; readonly y: number };
}

/** A line that is to be laid out. */
export interface PlotInput {
  readonly key: string;
  readonly series: string;
  readonly view: ChartView;
  /** Where its relative time begins. */
  readonly originMs: number;
}

/** A part of a line with the marks at the edges of the plot. */
interface PlotPart extends LaidPart {
  readonly edges: readonly EdgeMark[];
}

/** A line of a panel, with the area of its extremes. */
export interface PlotLine extends PlotPart {
  readonly key: string;
  /** What a resume has overwritten, each leg by itself. */
  readonly abandoned: readonly PlotPart[];
}

/** Where a leg of a run goes on from an earlier one: its place on the x axis, and in words. */
interface ResumeMark {
  readonly at: number;
  readonly leg: number;
  readonly step: number;
  readonly says: string;
}

/** Everything of a panel that is drawn. */
export interface Plot {
  /** In the order in which they were given; those of which nothing is in the window are left out. */
  readonly lines: readonly PlotLine[];
  readonly resumes: readonly ResumeMark[];
  /** The finite values beyond the ends of the y axis, taken together. */
  readonly above: Beyond | null;
  readonly below: Beyond | null;
  readonly x: Span;
  readonly y: Span;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/**
 * Lays out a panel of lines on the same axes. Every finite extreme lies within `y` or is marked at its edge, as are NaN
 * and infinities, and on a logarithmic axis what is not positive. Null when there is nothing in the window and no line
 * that crosses it.
 */
export function layOutPlot(inputs: readonly PlotInput[], options: PlotOptions): Plot | null {
  const { x: axis, logY, window, outliers, limits, unit, ticks } = options;
  // While another axis is on its way, what is there cannot be drawn on it.
  const own = inputs.filter(({ view }) => view.range.axis === hubAxis(axis.mode));
  const span = window ?? openSpan(own, axis);
  if (span === null) return null;
  const laid = own.flatMap((input) => {
    const partOptions = { ...options, x: { ...axis, originMs: input.originMs } };
    const line = layOutPart(input.view, partOptions);
    const abandoned = input.view.abandoned.map((part) => layOutPart(part, partOptions)).filter(isDrawn);
    return isDrawn(line) || abandoned.length > 0 ? [{ input, line, abandoned }] : [];
  });
  if (laid.length === 0) return null;
  const spans = new Map<string, Span[]>();
  for (const { input, line, abandoned } of laid) {
    const joined = joinAbandoned(
      line.span,
      abandoned.map((part) => part.span),
      outliers,
    );
    if (joined !== null) spans.set(input.series, [...(spans.get(input.series) ?? []), joined]);
  }
  const y = rangeOfY(unionOf([...spans.values()].map((kin) => spanOfLines(kin, outliers))), limits, logY);
  const ends = valuesAt(y, logY);
  const lines = laid.map(({ input, line, abandoned }) => {
    const { part, above, below } = withEdges(line, ends, logY);
    const left = abandoned.map((one) => withEdges(one, ends, logY).part);
    return { line: { ...part, key: input.key, abandoned: left }, above, below };
  });
  const x = { from: projectX(span.from, axis), to: projectX(span.to, axis) };
  return {
    lines: lines.map(({ line }) => line),
    resumes: resumesOf(own, axis).filter(({ at }) => at >= x.from && at <= x.to),
    above: sumBeyond(
      lines.map(({ above }) => above),
      Math.max,
    ),
    below: sumBeyond(
      lines.map(({ below }) => below),
      Math.min,
    ),
    x,
    y,
    xTicks: xTicks(span, axis, ticks.x),
    yTicks: yTicks(y, logY, ticks.y, unit),
  };
}

/**
 * Adds the marks of what lies beyond the ends of the axis, which are values here, to those of what has no place on it.
 */
function withEdges(
  part: LaidPart,
  ends: Span,
  logY: boolean,
): { readonly part: PlotPart; readonly above: Beyond | null; readonly below: Beyond | null } {
  const { extremes, placeless, buckets, rows } = part;
  if (extremes === null || (extremes.from >= ends.from && extremes.to <= ends.to))
    return { part: { ...part, edges: placeless }, above: null, below: null };
  const beyond = buckets.map((bucket) => beyondOf(bucket, ends, logY));
  const edges = beyond.flatMap(({ above, below }, index): EdgeMark[] => {
    const x = rows[index]?.x ?? 0;
    return [
      ...(above === null ? [] : [{ x, kind: "above" } as const]),
      ...(below === null ? [] : [{ x, kind: "below" } as const]),
    ];
  });
  return {
    part: { ...part, edges: [...placeless, ...edges] },
    above: sumBeyond(
      beyond.map(({ above }) => above),
      Math.max,
    ),
    below: sumBeyond(
      beyond.map(({ below }) => below),
      Math.min,
    ),
  };
}

/**
 * The span of a line and of what was abandoned of it. That may have diverged, and must not flatten what counts: beyond
 * the line's own height it is marked at the edge, unless outliers are to be shown.
 */
function joinAbandoned(line: Span | null, abandoned: readonly (Span | null)[], outliers: Outliers): Span | null {
  const room = line === null || outliers === "shown" ? 0 : line.to - line.from;
  const held = abandoned.map((part) => {
    if (part === null || line === null || room === 0) return part;
    return { from: Math.max(line.from - room, part.from), to: Math.min(line.to + room, part.to) };
  });
  return unionOf([line, ...held]);
}

/** Each place once, though many series of a run share it. */
function resumesOf(inputs: readonly PlotInput[], axis: XAxisMode): ResumeMark[] {
  const marks = new Map<string, ResumeMark>();
  for (const { view, originMs } of inputs) {
    const own = { ...axis, originMs };
    for (const { leg, fromStep, resumedAtMs } of view.legs) {
      if (resumedAtMs === null) continue;
      const at = projectX(shownX(view.range.axis === "step" ? fromStep : resumedAtMs, own), own);
      marks.set(`${at} ${leg}`, { at, leg, step: fromStep, says: `resumed at step ${fromStep} (leg ${leg})` });
    }
  }
  return [...marks.values()];
}

/** A y axis by its values. What is not positive has no place on a logarithmic one, and a mark of its own. */
export const valuesAt = (y: Span, log: boolean): Span => (log ? { from: 10 ** y.from, to: 10 ** y.to } : y);

function openSpan(inputs: readonly PlotInput[], axis: XAxisMode): Span | null {
  const spans = inputs.flatMap(({ view, originMs }) => {
    const own = { ...axis, originMs };
    return [view, ...view.abandoned].flatMap(({ buckets }) =>
      [buckets[0], buckets.at(-1)].flatMap((bucket) => {
        if (bucket === undefined) return [];
        const [from, to] = spanOf(bucket, hubAxis(axis.mode));
        return [{ from: shownX(from, own), to: shownX(to, own) }];
      }),
    );
  });
  const span = unionOf(spans);
  if (span === null || span.from < span.to) return span;
  return { from: span.from - 1, to: span.to + 1 };
}
