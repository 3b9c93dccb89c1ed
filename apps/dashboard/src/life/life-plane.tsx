import { movesState } from "@tailbone/lifecycle/judge-reading";
import type { LifeSettings } from "@tailbone/protocol/lifecycle";
import { useRef } from "react";
import { plotArea } from "../charts/geometry";
import { useWidth } from "../charts/use-size";
import { formatStep } from "../format/number";
import type { FeatureReading } from "../live/features";
import { ReadingMark } from "./reading-mark";
import { placeOf, type StepAxis } from "./step-axis";

export interface LifePlaneProps {
  feature: string;
  readings: readonly FeatureReading[];
  limits: LifeSettings;
  axis: StepAxis;
  /** Steps that are named besides the first and the last. */
  named: readonly number[];
  onCheckpoint: (step: number) => void;
}

const HEIGHT = 300;
const LABEL_APART = 22;

/**
 * A feature's way through the plane of encoded and used. `used` by its square root, since it matters most where it is
 * small.
 */
export function LifePlane({ feature, readings, limits, axis, named, onCheckpoint }: LifePlaneProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const area = plotArea({ width, height: HEIGHT - 12 });
  const points = readings.flatMap(({ encoded, used, ...reading }) =>
    encoded === null || used === null || !movesState(reading)
      ? []
      : [
          {
            step: reading.step,
            marks: reading.marks,
            encoded: Math.max(0, encoded.value),
            used: Math.max(0, used.value),
          },
        ],
  );
  const most = Math.max(limits.usedOff * 3, ...points.map(({ used }) => used * 1.15));
  const x = (encoded: number): number => area.left + Math.min(1, encoded) * area.width;
  const y = (used: number): number => area.top + (1 - Math.sqrt(used / most)) * area.height;
  const share = (step: number): number =>
    (placeOf(step, axis) - axis.places.from) / (axis.places.to - axis.places.from);
  const colour = (step: number): string =>
    `color-mix(in oklch, var(--accent) ${Math.round(15 + 85 * share(step))}%, var(--line-strong))`;
  // Of names that would lie upon each other the one that tells most stands: the end, the start, then the changes of
  // state.
  const wanted = [points.at(-1), points[0], ...points.filter(({ step }) => named.includes(step))];
  const labels: { step: number; left: number; top: number }[] = [];
  for (const point of wanted) {
    if (point === undefined) continue;
    const [left, top] = [x(point.encoded), y(point.used)];
    if (labels.every((one) => Math.hypot(one.left - left, one.top - top) > LABEL_APART)) {
      labels.push({ step: point.step, left, top });
    }
  }
  const [on, off] = [x(limits.encodedOn), y(limits.usedOff)];
  const usedTicks = [0, limits.usedOff, most / 3, most]
    .map((value) => Number(value.toPrecision(1)))
    .filter((value) => value <= most);
  return (
    <figure ref={frame} data-testid="life-plane" className="min-w-0">
      <figcaption className="flex gap-2 text-xs">
        <span className="font-medium">encoded × used</span>
        <span className="text-faint">its way through the checkpoints</span>
      </figcaption>
      {width === 0 ? (
        <div style={{ height: HEIGHT }} />
      ) : (
        <svg role="img" aria-label={`${feature}: encoded against used, over the steps`} width={width} height={HEIGHT}>
          <rect x={area.left} y={area.top} width={area.width} height={area.height} fill="none" stroke="var(--line)" />
          <path
            d={`M${on} ${area.top}v${area.height}M${area.left} ${off}h${area.width}`}
            stroke="var(--ink-faint)"
            strokeDasharray="4 3"
            strokeWidth={0.75}
          />
          <g fill="var(--ink-faint)" fontSize={11}>
            <text x={on + 8} y={area.top + 16}>
              functional
            </text>
            <text x={on + 8} y={area.top + area.height - 8}>
              latent, or vestigial
            </text>
            <text transform={`translate(${area.left + 13} ${area.top + area.height - 6}) rotate(-90)`}>absent</text>
            {[0, 0.25, 0.5, 0.75, 1].map((value) => (
              <text key={value} x={x(value)} y={area.top + area.height + 14} textAnchor="middle">
                {value}
              </text>
            ))}
            <text x={area.left + area.width} y={HEIGHT - 3} textAnchor="end" fill="var(--ink-soft)">
              encoded →
            </text>
            {[...new Set(usedTicks)].map((value) => (
              <text key={value} x={area.left - 6} y={y(value) + 4} textAnchor="end">
                {value}
              </text>
            ))}
            <text transform={`translate(11 ${area.top + 34}) rotate(-90)`} textAnchor="middle" fill="var(--ink-soft)">
              used →
            </text>
          </g>
          <g fill="none">
            {points.map((point, index) => {
              const before = points[index - 1];
              return before === undefined ? null : (
                <path
                  key={point.step}
                  d={`M${x(before.encoded)} ${y(before.used)}L${x(point.encoded)} ${y(point.used)}`}
                  stroke={colour(point.step)}
                  strokeWidth={1.5}
                />
              );
            })}
            {points.map((point) => (
              // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; the series take the keyboard
              <g key={point.step} className="cursor-pointer" onClick={() => onCheckpoint(point.step)}>
                <title>{`step ${formatStep(point.step)}`}</title>
                <ReadingMark
                  x={x(point.encoded)}
                  y={y(point.used)}
                  marks={point.marks}
                  colour={colour(point.step)}
                  isLarge={labels.some(({ step }) => step === point.step)}
                />
              </g>
            ))}
          </g>
          <g fill="var(--ink)" fontSize={11} paintOrder="stroke" stroke="var(--panel)" strokeWidth={3}>
            {labels.map(({ step, left, top }) => {
              const isRight = left > area.left + area.width * 0.8;
              return (
                <text key={step} x={left + (isRight ? -8 : 8)} y={top - 6} textAnchor={isRight ? "end" : "start"}>
                  {formatStep(step)}
                </text>
              );
            })}
          </g>
        </svg>
      )}
    </figure>
  );
}
