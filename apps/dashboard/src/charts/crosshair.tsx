import type { PointerEvent } from "react";
import { useRef, useState } from "react";
import { cn } from "../ui/cn";
import { type AtPlace, atPlace } from "./at-place";
import { projectX, type SetRange, unprojectX } from "./axis";
import { DragBox, useDragZoom } from "./drag-zoom";
import { pixelOfX, pixelOfY, placeAtPixel, plotArea, type Size } from "./geometry";
import { useHover } from "./hover";
import { HoverBox } from "./hover-box";
import type { Line } from "./line";
import { type Plot, valuesAt } from "./plot";
import type { EventMark } from "./plot-marks";
import type { SharedAxis } from "./shared-axis";
import type { SetLimits } from "./y-range";

/** A change of state so near to the pointer is told. */
const NEAR = 6;
/** A line so near to the pointer is the one that is pointed at. */
const REACH = 40;

export interface CrosshairProps {
  panel: string;
  plot: Plot;
  size: Size;
  axis: SharedAxis;
  logY: boolean;
  /** At places on the x axis. */
  events: readonly Pick<EventMark, "at" | "says">[];
  lines: readonly Line[];
  onRange: SetRange;
  onLimits: SetLimits;
}

/**
 * The layer above a panel that follows the pointer: one crosshair for all panels of an axis, a drag zooms x, with Shift
 * y, a double click shows all.
 */
export function Crosshair({ panel, plot, size, axis, logY, events, lines, onRange, onLimits }: CrosshairProps) {
  const { x, hover: store } = axis;
  const hover = useHover(store);
  const layer = useRef<HTMLDivElement>(null);
  const [pointerY, setPointerY] = useState<number | null>(null);
  const { drag, isShift, ...zoom } = useDragZoom(layer, {
    x: plot.x,
    y: plot.y,
    size,
    onX: ({ from, to }) => onRange(panel, { from: unprojectX(from, x), to: unprojectX(to, x) }),
    onY: (places, by) => onLimits(panel, valuesAt(places, logY), by === "wheel" ? "replace" : "push"),
  });
  const area = plotArea(size);
  const place = hover === null ? null : projectX(hover.x, x);
  const isInside = place !== null && place >= plot.x.from && place <= plot.x.to;
  const at = isInside ? plot.lines.flatMap((line) => atPlace(line, place, plot.x) ?? []) : [];
  const pixelY = ({ row }: AtPlace): number | null => {
    const value = row.smooth ?? row.raw;
    return value === null || value < plot.y.from || value > plot.y.to ? null : pixelOfY(value, plot.y, size);
  };
  const isHere = hover?.panel === panel;
  const pointed = isHere && pointerY !== null ? nearestOf(at, (one) => distance(pixelY(one), pointerY), REACH) : null;
  // Of several lines the crosshair stands at the mark nearest to the pointer.
  const crossed = isInside ? nearestOf(at, ({ row }) => Math.abs(row.x - place)) : null;
  const colourOf = (key: string): string | undefined => lines.find((line) => line.key === key)?.colour;

  function follow(event: PointerEvent): void {
    const box = layer.current?.getBoundingClientRect();
    setPointerY(event.clientY - (box?.top ?? 0));
    const pixel = event.clientX - (box?.left ?? 0);
    store.set({ x: unprojectX(placeAtPixel(pixel, plot.x, size), x), panel });
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; the panel takes the same by the keyboard
    <div
      ref={layer}
      data-testid="crosshair"
      className={cn("absolute inset-0 touch-pan-y select-none", isShift ? "cursor-ns-resize" : "cursor-crosshair")}
      {...zoom}
      onPointerMove={(event) => {
        follow(event);
        zoom.onPointerMove(event);
      }}
      onPointerLeave={() => {
        setPointerY(null);
        if (drag === null) store.set(null);
      }}
      onDoubleClick={() => {
        onRange(panel, null);
        onLimits(panel, null, "push");
      }}
    >
      {drag === null ? null : <DragBox drag={drag} size={size} />}
      {crossed === null ? null : (
        <>
          <div
            data-testid="crosshair-line"
            className="pointer-events-none absolute w-px bg-ink/40"
            style={{ left: pixelOfX(crossed.row.x, plot.x, size), top: area.top, height: area.height }}
          />
          {at.map((one) => {
            const top = pixelY(one);
            return top === null ? null : (
              <div
                key={one.line.key}
                className="pointer-events-none absolute size-1.5 -translate-x-1/2 -translate-y-1/2 rounded-full ring-2 ring-panel"
                style={{ left: pixelOfX(one.row.x, plot.x, size), top, background: colourOf(one.line.key) }}
              />
            );
          })}
          {isHere && drag === null && place !== null ? (
            <HoverBox
              left={pixelOfX(crossed.row.x, plot.x, size)}
              size={size}
              at={at}
              crossed={crossed}
              pointed={pointed}
              lines={lines}
              x={x}
              y={plot.y}
              logY={logY}
              notes={events
                .filter((event) => Math.abs(pixelOfX(event.at, plot.x, size) - pixelOfX(place, plot.x, size)) <= NEAR)
                .map(({ says }) => says)}
            />
          ) : null}
        </>
      )}
    </div>
  );
}

const distance = (pixel: number | null, pointer: number): number =>
  pixel === null ? Number.POSITIVE_INFINITY : Math.abs(pixel - pointer);

/** The one that is least far away, and no further than `reach`. */
function nearestOf(
  all: readonly AtPlace[],
  distanceOf: (one: AtPlace) => number,
  reach = Number.POSITIVE_INFINITY,
): AtPlace | null {
  let nearest: AtPlace | null = null;
  let least = reach;
  for (const one of all) {
    const away = distanceOf(one);
    if (away > least || (nearest !== null && away === least)) continue;
    nearest = one;
    least = away;
  }
  return nearest;
}
