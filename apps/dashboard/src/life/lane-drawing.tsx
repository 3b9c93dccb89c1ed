import type { Feature } from "@tailbone/protocol/http";
import { type MouseEvent, memo } from "react";
import { isOfDoubt, isRenaming, isSkipped, type Lane } from "./lanes";
import { StateSpan } from "./state-span";
import { nearestStep, pixelOfStep, type StepAxis, stepAtPixel } from "./step-axis";

export const LANE_HEIGHT = 34;
const TOP = 8;
const HEIGHT = 15;
const TICKS = 27;
/** Left free at both ends, so that what happens there is seen whole. */
export const INSET = 6;
/** A click so near to a reading's tick opens its checkpoint. */
const REACH = 8;

export interface LaneDrawingProps {
  lane: Lane;
  readings: Feature["readings"];
  axis: StepAxis;
  width: number;
  selectedEvent: string | null;
  onEvent: (event: string) => void;
  onCheckpoint: (step: number) => void;
}

/** One feature's life: its states, above them the intervals of its events, below them a tick for each reading. */
export const LaneDrawing = memo(function LaneDrawing(props: LaneDrawingProps) {
  const { lane, readings, axis, width, selectedEvent, onEvent, onCheckpoint } = props;
  const at = (step: number): number => Math.round(pixelOfStep(step, axis, width, INSET) * 10) / 10;
  const tick = (step: number): string => `M${at(step)} ${TICKS}v4`;

  function click({ clientX, clientY, currentTarget }: MouseEvent<SVGSVGElement>): void {
    const box = currentTarget.getBoundingClientRect();
    if (clientY - box.top < TICKS - 2) return;
    const steps = readings.map(({ step }) => step);
    const step = nearestStep(steps, stepAtPixel(clientX - box.left, axis, width, INSET), axis);
    if (step !== null && Math.abs(at(step) - (clientX - box.left)) <= REACH) onCheckpoint(step);
  }

  return (
    <svg aria-hidden width={width} height={LANE_HEIGHT} className="relative block overflow-visible" onClick={click}>
      {lane.spans.map(({ state, start, end }) => (
        <StateSpan
          key={`${state} ${start.by}`}
          state={state}
          start={[at(start.after), at(start.by)]}
          end={[at(end.after), at(end.by)]}
          top={TOP}
          height={HEIGHT}
        />
      ))}
      {lane.events
        .filter((event) => !isRenaming(event))
        .map(({ id, after, by, from, to, doubt }) => {
          const [left, right] = [at(after ?? by), at(by)];
          const isSelected = id === selectedEvent;
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; the list of events takes the keyboard
            <g
              key={id}
              data-testid="life-mark"
              data-from={from}
              data-to={to}
              className="cursor-pointer"
              onClick={(click) => {
                click.stopPropagation();
                onEvent(id);
              }}
            >
              <title>
                {isOfDoubt({ from, to })
                  ? `${to}: ${doubt === null ? "settled again" : "undecided"}`
                  : `${from} → ${to}`}
              </title>
              <rect x={left - 4} y={0} width={right - left + 8} height={TOP + HEIGHT} fill="transparent" />
              <path
                d={`M${left} ${TOP - 2}v-4H${right}v4`}
                fill="none"
                stroke={isSelected ? "var(--accent)" : "var(--ink-soft)"}
                strokeWidth={isSelected ? 2.5 : 1.25}
                strokeDasharray={doubt === null ? undefined : "2 2"}
              />
            </g>
          );
        })}
      <path
        d={readings
          .filter((reading) => !isSkipped(reading))
          .map(({ step }) => tick(step))
          .join("")}
        stroke="var(--ink-faint)"
        fill="none"
      />
      <path
        d={readings
          .filter(isSkipped)
          .map(({ step }) => tick(step))
          .join("")}
        stroke="var(--warn)"
        strokeWidth={1.5}
        strokeDasharray="1.5 1"
        fill="none"
      />
    </svg>
  );
});
