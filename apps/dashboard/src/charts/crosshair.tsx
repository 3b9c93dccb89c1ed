import type { PointerEvent } from "react";
import { useRef, useSyncExternalStore } from "react";
import { formatCount } from "../format/number";
import { cn } from "../ui/cn";
import { projectX, type Span, unprojectX, type XAxisMode } from "./axis";
import { describeBeyond } from "./beyond";
import { DragBox, useDragZoom } from "./drag-zoom";
import { pixelOfX, pixelOfY, placeAtPixel, plotArea, type Size } from "./geometry";
import type { HoverStore } from "./hover";
import { meanOf, nearestRow, type Plot, valuesAt } from "./plot";
import type { EventMark } from "./plot-marks";
import { xTitle } from "./ticks";
import { formatIn, type Unit, unitOf } from "./unit";
import { beyondOf, type SetLimits } from "./y-range";

/** A change of state so near to the pointer is told. */
const NEAR = 6;

export interface CrosshairProps {
  series: string;
  plot: Plot;
  size: Size;
  x: XAxisMode;
  logY: boolean;
  /** At places on the x axis. */
  events: readonly Pick<EventMark, "at" | "says">[];
  colour: string;
  store: HoverStore;
  onZoom: (window: Span | null) => void;
  onLimits: SetLimits;
}

const noHover = (): null => null;

/**
 * The layer above a chart that follows the pointer: one crosshair for all charts, a drag zooms x, with Shift y, a double click
 * shows all.
 */
export function Crosshair({ series, plot, size, x, logY, events, colour, store, onZoom, onLimits }: CrosshairProps) {
  const hover = useSyncExternalStore(store.subscribe, store.get, noHover);
  const layer = useRef<HTMLDivElement>(null);
  const { drag, isShift, ...zoom } = useDragZoom(layer, {
    x: plot.x,
    y: plot.y,
    size,
    onX: ({ from, to }) => onZoom({ from: unprojectX(from, x), to: unprojectX(to, x) }),
    onY: (places, by) => onLimits(series, valuesAt(places, logY), by === "wheel" ? "replace" : "push"),
  });
  const area = plotArea(size);
  const place = hover === null ? null : projectX(hover.x, x);
  const isInside = place !== null && place >= plot.x.from && place <= plot.x.to;
  const index = isInside ? nearestRow(plot.rows, place) : null;
  const row = index === null ? undefined : plot.rows[index];
  const bucket = index === null ? undefined : plot.buckets[index];
  const dot = row === undefined ? null : (row.smooth ?? row.raw);

  function follow(event: PointerEvent): void {
    const pixel = event.clientX - (layer.current?.getBoundingClientRect().left ?? 0);
    store.set({ x: unprojectX(placeAtPixel(pixel, plot.x, size), x), chart: series });
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; the card takes the same by the keyboard
    <div
      ref={layer}
      className={cn("absolute inset-0 touch-pan-y select-none", isShift ? "cursor-ns-resize" : "cursor-crosshair")}
      {...zoom}
      onPointerMove={(event) => {
        follow(event);
        zoom.onPointerMove(event);
      }}
      onPointerLeave={() => drag === null && store.set(null)}
      onDoubleClick={() => {
        onZoom(null);
        onLimits(series, null, "push");
      }}
    >
      {drag === null ? null : <DragBox drag={drag} size={size} />}
      {isInside && row !== undefined && bucket !== undefined ? (
        <>
          <div
            className="absolute w-px bg-ink/40"
            style={{ left: pixelOfX(row.x, plot.x, size), top: area.top, height: area.height }}
          />
          {dot === null || dot < plot.y.from || dot > plot.y.to ? null : (
            <div
              className="absolute size-1.5 -translate-x-1/2 -translate-y-1/2 rounded-full ring-2 ring-panel"
              style={{
                left: pixelOfX(row.x, plot.x, size),
                top: pixelOfY(dot, plot.y, size),
                background: colour,
              }}
            />
          )}
          {hover?.chart === series && drag === null ? (
            <HoverBox
              left={pixelOfX(row.x, plot.x, size)}
              size={size}
              lines={describe(bucket, row.smooth, plot.y, logY, unitOf(series))}
              title={xTitle(unprojectX(row.x, x), x)}
              notes={
                place === null
                  ? []
                  : events
                      .filter(({ at }) => Math.abs(pixelOfX(at, plot.x, size) - pixelOfX(place, plot.x, size)) <= NEAR)
                      .map(({ says }) => says)
              }
            />
          ) : null}
        </>
      ) : null}
    </div>
  );
}

type Bucket = Plot["buckets"][number];

function describe(
  bucket: Bucket,
  smooth: number | null,
  y: Span,
  logY: boolean,
  unit: Unit,
): [name: string, value: string][] {
  const mean = meanOf(bucket);
  const lines: [string, string][] = [];
  if (bucket.count === 1) lines.push(["value", formatIn(unit, bucket.last)]);
  else {
    lines.push(["mean", mean === null ? "none" : formatIn(unit, mean)]);
    if (mean !== null && bucket.min < bucket.max) {
      lines.push(["min", formatIn(unit, bucket.min)], ["max", formatIn(unit, bucket.max)]);
    }
    lines.push(["points", formatCount(bucket.count)]);
  }
  const { above, below } = beyondOf(bucket, valuesAt(y, logY), logY);
  for (const [side, beyond] of [["above", above] as const, ["below", below] as const]) {
    if (beyond !== null) lines.push([`${side} the axis`, describeBeyond(beyond, unit)]);
  }
  if (smooth !== null) lines.push(["smoothed", formatIn(unit, logY ? 10 ** smooth : smooth)]);
  if (bucket.count > 1 && bucket.nan > 0) lines.push(["NaN", formatCount(bucket.nan)]);
  if (bucket.count > 1 && bucket.posInf > 0) lines.push(["∞", formatCount(bucket.posInf)]);
  if (bucket.count > 1 && bucket.negInf > 0) lines.push(["−∞", formatCount(bucket.negInf)]);
  return lines;
}

function HoverBox({
  left,
  size,
  title,
  lines,
  notes,
}: {
  left: number;
  size: Size;
  title: string;
  lines: [string, string][];
  notes: readonly string[];
}) {
  const isRight = left > size.width / 2;
  return (
    <div
      className="pointer-events-none absolute top-2 z-10 rounded-md border border-line-strong bg-panel/95 px-2 py-1 text-2xs shadow-sm"
      style={isRight ? { right: size.width - left + 10 } : { left: left + 10 }}
    >
      <p className="mb-0.5 whitespace-nowrap font-medium">{title}</p>
      <dl className="grid grid-cols-[auto_auto] gap-x-3">
        {lines.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="whitespace-nowrap text-right">{value}</dd>
          </div>
        ))}
      </dl>
      {notes.map((note) => (
        <p key={note} className="whitespace-nowrap">
          {note}
        </p>
      ))}
    </div>
  );
}
