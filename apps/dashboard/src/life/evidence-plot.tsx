import { movesState } from "@tailbone/lifecycle/judge-reading";
import { type KeyboardEvent, useRef } from "react";
import type { Span } from "../charts/axis";
import { unprojectX } from "../charts/axis";
import { pixelOfX, pixelOfY, placeAtPixel, plotArea, type Size } from "../charts/geometry";
import { type HoverStore, useHover } from "../charts/hover";
import { PlotFrame } from "../charts/plot-frame";
import { yTicks } from "../charts/ticks";
import type { FeatureReading } from "../live/features";
import { type EvidenceSeries, estimateOf, type Threshold } from "./evidence-series";
import { isSkipped } from "./lanes";
import { ReadingMark } from "./reading-mark";
import { nearestStep, placeOf, type StepAxis, ticksOf } from "./step-axis";

export interface EvidencePlotProps {
  series: EvidenceSeries;
  readings: readonly FeatureReading[];
  thresholds: readonly Threshold[];
  axis: StepAxis;
  y: Span;
  size: Size;
  colour: string;
  hover: HoverStore;
  onCheckpoint: (step: number) => void;
}

/**
 * One series of a feature's readings over the steps: its interval, its control, its thresholds, and what is wrong with
 * a reading.
 */
export function EvidencePlot(props: EvidencePlotProps) {
  const { series, readings, thresholds, axis, y, size, colour, hover, onCheckpoint } = props;
  const layer = useRef<HTMLDivElement>(null);
  const at = useHover(hover);
  const steps = readings.map(({ step }) => step);
  const area = plotArea(size);
  const x = (step: number): number => Math.round(pixelOfX(placeOf(step, axis), axis.places, size) * 10) / 10;
  const yAt = (value: number): number => Math.round(pixelOfY(value, y, size) * 10) / 10;
  const right = area.left + area.width;
  const xTicks = ticksOf(axis, Math.max(2, Math.floor(size.width / 64)));
  const ticks = yTicks(y, false, 3);

  const points = readings.flatMap((reading) => {
    const estimate = estimateOf(reading, series);
    return estimate === null ? [] : [{ reading, estimate }];
  });
  const sound = points.filter(({ reading }) => movesState(reading));
  const line = sound.map(({ reading, estimate }) => `${x(reading.step)} ${yAt(estimate.value)}`).join("L");
  const upper = sound.map(({ reading, estimate }) => `${x(reading.step)} ${yAt(estimate.high)}`);
  const lower = sound.map(({ reading, estimate }) => `${x(reading.step)} ${yAt(estimate.low)}`).reverse();
  const control = points
    .flatMap(({ reading, estimate }) =>
      estimate.control === null ? [] : [`${x(reading.step)} ${yAt(estimate.control)}`],
    )
    .join("L");
  const untrained = series === "encoded" ? readings.find((reading) => reading.untrained !== null)?.untrained : null;

  const stepAt = (event: { clientX: number }): number | null => {
    const pixel = event.clientX - (layer.current?.getBoundingClientRect().left ?? 0);
    return nearestStep(steps, unprojectX(placeAtPixel(pixel, axis.places, size), axis.mode), axis);
  };
  function moveByKey(event: KeyboardEvent): void {
    const hovered = hover.get()?.x;
    const index = hovered === undefined ? -1 : steps.indexOf(hovered);
    if (event.key === "Escape") hover.set(null);
    if (event.key === "Enter" && hovered !== undefined) {
      // Else the same press would be a click on what the dialog puts the focus on.
      event.preventDefault();
      onCheckpoint(hovered);
    }
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const next = index === -1 ? steps.length - 1 : index + (event.key === "ArrowLeft" ? -1 : 1);
    const step = steps[Math.min(steps.length - 1, Math.max(0, next))];
    if (step !== undefined) hover.set({ x: step, panel: series });
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing that the arrow keys move through
    <div
      ref={layer}
      role="group"
      aria-label={`${series}: ${points.length} readings. Arrow keys go through them, Enter opens the checkpoint.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move its crosshair
      tabIndex={0}
      className="relative cursor-pointer touch-pan-y rounded"
      style={{ height: size.height }}
      onKeyDown={moveByKey}
      onPointerMove={(event) => {
        const step = stepAt(event);
        if (step !== null) hover.set({ x: step, panel: series });
      }}
      onPointerLeave={() => hover.set(null)}
      onClick={(event) => {
        const step = stepAt(event);
        if (step !== null) onCheckpoint(step);
      }}
    >
      <PlotFrame x={axis.places} y={y} xTicks={xTicks} yTicks={ticks} size={size}>
        <g fill="none">
          {thresholds.map(({ value, says }) =>
            value < y.from || value > y.to ? null : (
              <g key={says}>
                <path d={`M${area.left} ${yAt(value)}H${right}`} stroke="var(--ink-faint)" strokeDasharray="4 3" />
              </g>
            ),
          )}
          {untrained === null || untrained === undefined ? null : (
            <path d={`M${area.left} ${yAt(untrained)}H${right}`} stroke="var(--ink-faint)" strokeDasharray="8 2 1 2" />
          )}
          {sound.length < 2 ? null : (
            <path d={`M${[...upper, ...lower].join("L")}Z`} fill={colour} fillOpacity={0.18} />
          )}
          {control === "" ? null : (
            <path d={`M${control}`} stroke="var(--ink-soft)" strokeWidth={1.25} strokeDasharray="1 2.5" />
          )}
          {line === "" ? null : <path d={`M${line}`} stroke={colour} strokeWidth={1.5} strokeLinejoin="round" />}
          {points.map(({ reading, estimate }) => (
            <g key={reading.step}>
              {movesState(reading) ? null : (
                <path
                  d={`M${x(reading.step)} ${yAt(estimate.low)}V${yAt(estimate.high)}`}
                  stroke={colour}
                  strokeOpacity={0.5}
                />
              )}
              <ReadingMark
                x={x(reading.step)}
                y={yAt(estimate.value)}
                marks={reading.marks}
                colour={colour}
                isLarge={at?.x === reading.step}
              />
            </g>
          ))}
          <path
            d={readings
              .filter(isSkipped)
              .map(({ step }) => `M${x(step)} ${area.top + area.height}v-8`)
              .join("")}
            stroke="var(--warn)"
            strokeWidth={1.5}
          />
          {at === null ? null : (
            <path d={`M${x(at.x)} ${area.top}v${area.height}`} stroke="var(--ink)" strokeOpacity={0.35} />
          )}
        </g>
      </PlotFrame>
    </div>
  );
}
