import { memo } from "react";
import type { Span } from "./axis";
import { pixelsOfX, pixelsOfY, plotArea, type Size } from "./geometry";
import type { Tick } from "./ticks";

export interface LiveFrameProps {
  x: Span;
  y: Span;
  xTicks: readonly Tick[];
  yTicks: readonly Tick[];
  size: Size;
}

/** Where a label's baseline is to lie, for its middle to be at a pixel. */
const BASELINE = 4;
/** An odd line is sharp in the middle of a pixel. */
const sharp = (pixel: number): number => Math.round(pixel) + 0.5;

/**
 * Axes and grid of a chart that grows: its ticks move with every point that comes, so that they are no more than two
 * paths and a text for each label.
 */
export const LiveFrame = memo(function LiveFrame({ x, y, xTicks, yTicks, size }: LiveFrameProps) {
  const { left, top, width, height } = plotArea(size);
  const [toX, toY] = [pixelsOfX(x, size), pixelsOfY(y, size)];
  const bottom = sharp(top + height);
  const grid = yTicks.map(({ place }) => `M${left} ${sharp(toY(place))}h${width}`).join("");
  const axis = `M${left} ${bottom}h${width}${xTicks.map(({ place }) => `M${sharp(toX(place))} ${bottom}v3`).join("")}`;
  return (
    <g fontSize={11} fill="var(--ink-faint)">
      <path data-testid="grid" d={grid} stroke="var(--line)" fill="none" />
      <path d={axis} stroke="var(--line-strong)" fill="none" />
      <g textAnchor="middle" data-testid="x-labels">
        {xTicks.map(({ place, label }) => (
          <text key={label} x={Math.round(toX(place))} y={top + height + 16}>
            {label}
          </text>
        ))}
      </g>
      <g textAnchor="end" data-testid="y-labels">
        {yTicks.map(({ place, label }) => (
          <text key={label} x={left - 6} y={Math.round(toY(place)) + BASELINE}>
            {label}
          </text>
        ))}
      </g>
    </g>
  );
});
