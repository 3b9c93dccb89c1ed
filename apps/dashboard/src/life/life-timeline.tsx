import type { Feature } from "@tailbone/protocol/http";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { useWidth } from "../charts/use-size";
import { cn } from "../ui/cn";
import { INSET, LaneDrawing } from "./lane-drawing";
import type { Lane } from "./lanes";
import { pixelOfPlace, type StepAxis, ticksOf } from "./step-axis";

const GRID =
  "grid grid-cols-[8rem_minmax(0,1fr)_15rem] max-lg:grid-cols-[6rem_minmax(0,1fr)] gap-x-3 max-sm:grid-cols-1";
const PIXELS_PER_TICK = 56;

export interface LifeTimelineProps {
  lanes: readonly Lane[];
  features: readonly Feature[];
  axis: StepAxis;
  selected: string | null;
  selectedEvent: string | null;
  onSelect: (feature: string) => void;
  onEvent: (feature: string, event: string) => void;
  onCheckpoint: (step: number) => void;
  /** What stands beneath the lanes: its name, and how it is drawn so many pixels wide. */
  under: { readonly name: ReactNode; readonly draw: (width: number) => ReactNode };
}

/** The lives of a run's features over its steps: a lane each. */
export function LifeTimeline(props: LifeTimelineProps) {
  const { lanes, features, axis, selected, selectedEvent, onSelect, onEvent, onCheckpoint, under } = props;
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const ticks = ticksOf(axis, Math.max(2, Math.floor(width / PIXELS_PER_TICK)));
  const atPlace = (place: number): number => pixelOfPlace(place, axis, width, INSET);

  function moveByKey(event: KeyboardEvent<HTMLElement>, index: number): void {
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = lanes[index + move];
    if (move === 0 || next === undefined) return;
    event.preventDefault();
    onSelect(next.feature);
    const list = event.currentTarget.closest("ul");
    list
      ?.querySelectorAll<HTMLElement>("[data-lane]")
      .item(index + move)
      .focus();
  }

  return (
    <div className="rounded-lg border border-line bg-panel px-3 pt-2 pb-2">
      <div className={cn(GRID, "items-end")}>
        <span className="text-faint text-xs max-sm:hidden">step</span>
        <div ref={plot} className="relative h-5" aria-hidden>
          {width === 0
            ? null
            : ticks.map(({ place, label }) => (
                <span
                  key={place}
                  className="absolute -translate-x-1/2 text-2xs text-faint"
                  style={{ left: Math.min(width - 8, Math.max(4, atPlace(place))) }}
                >
                  {label}
                </span>
              ))}
        </div>
      </div>
      <ul className="relative" aria-label="Lives of features">
        {lanes.map((lane, index) => (
          <li
            key={lane.feature}
            data-testid="life-lane"
            data-feature={lane.feature}
            data-state={lane.state}
            className={cn(
              GRID,
              "relative -mx-1.5 items-center rounded px-1.5 max-sm:py-1",
              lane.feature === selected ? "bg-accent-soft" : "hover:bg-sunken/60",
            )}
          >
            <button
              type="button"
              data-lane
              aria-pressed={lane.feature === selected}
              onClick={() => onSelect(lane.feature)}
              onKeyDown={(event) => moveByKey(event, index)}
              className="min-w-0 truncate rounded text-left font-medium after:absolute after:inset-0"
              title={lane.feature}
            >
              {lane.feature}
            </button>
            {/* Above the name's click area, so that its marks take clicks; what they leave goes to the lane. */}
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the lane's name takes the keyboard */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
            <div className="relative z-1 min-w-0" onClick={() => onSelect(lane.feature)}>
              <Grid width={width} places={ticks.map(({ place }) => atPlace(place))} />
              {width === 0 ? null : (
                <LaneDrawing
                  lane={lane}
                  readings={features[index]?.readings ?? []}
                  axis={axis}
                  width={width}
                  selectedEvent={selectedEvent}
                  onEvent={(event) => onEvent(lane.feature, event)}
                  onCheckpoint={onCheckpoint}
                />
              )}
            </div>
            <span className="min-w-0 text-soft text-xs max-lg:col-span-full max-lg:pb-1">{lane.sentence}</span>
          </li>
        ))}
        <li className={cn(GRID, "mt-1 items-center border-line border-t pt-1")}>
          <div className="min-w-0">{under.name}</div>
          <div className="min-w-0">{width === 0 ? null : under.draw(width)}</div>
        </li>
      </ul>
    </div>
  );
}

const Grid = ({ width, places }: { width: number; places: readonly number[] }) => (
  <svg aria-hidden width={width} height="100%" className="pointer-events-none absolute inset-0">
    {places.map((place) => (
      <line key={place} x1={place} x2={place} y1={0} y2="100%" stroke="var(--line)" strokeWidth={1} />
    ))}
  </svg>
);
