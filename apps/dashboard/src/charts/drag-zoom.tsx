import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { Span } from "./axis";
import { placeAtPixel, placeAtPixelY, plotArea, type Size } from "./geometry";

/** Shorter drags are clicks. */
const DRAG_PIXELS = 4;
/** What one notch of a wheel leaves of the axis. */
const NOTCH = 0.8;

/** A stretch of one axis that is dragged over, in pixels of the chart. */
export interface Drag {
  readonly axis: "x" | "y";
  readonly from: number;
  readonly to: number;
}

export interface DragZoomOptions {
  readonly x: Span;
  readonly y: Span;
  readonly size: Size;
  /** Both in places on their axis. */
  readonly onX: (places: Span) => void;
  readonly onY: (places: Span, by: "drag" | "wheel") => void;
}

const isDrag = ({ from, to }: Drag): boolean => Math.abs(to - from) >= DRAG_PIXELS;

/**
 * A drag zooms x; with Shift it zooms y, as the wheel then does. Returns the handlers of the layer that the pointer
 * moves on.
 */
export function useDragZoom(layer: RefObject<HTMLElement | null>, options: DragZoomOptions) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const [isShift, setShift] = useState(false);
  const latest = useRef(options);
  latest.current = options;

  // Only while Shift is held: a listener that may keep the page from scrolling slows every wheel down.
  useEffect(() => {
    const element = layer.current;
    if (element === null || !isShift) return;
    const turn = (event: WheelEvent): void => {
      if (!event.shiftKey) return;
      event.preventDefault();
      const { y, size, onY } = latest.current;
      // Some systems turn the wheel sideways while Shift is held.
      const notches = Math.sign(event.deltaY || event.deltaX);
      const at = placeAtPixelY(event.clientY - element.getBoundingClientRect().top, y, size);
      if (notches !== 0) onY(zoomAround(y, at, NOTCH ** -notches), "wheel");
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [layer, isShift]);

  const pixelOf = (event: PointerEvent, axis: Drag["axis"]): number => {
    const box = layer.current?.getBoundingClientRect();
    return axis === "x" ? event.clientX - (box?.left ?? 0) : event.clientY - (box?.top ?? 0);
  };

  return {
    drag: drag !== null && isDrag(drag) ? drag : null,
    isShift,
    onPointerMove: (event: PointerEvent): void => {
      setShift(event.shiftKey);
      if (drag !== null) setDrag({ ...drag, to: pixelOf(event, drag.axis) });
    },
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const axis = event.shiftKey ? "y" : "x";
      setDrag({ axis, from: pixelOf(event, axis), to: pixelOf(event, axis) });
    },
    onPointerUp: (): void => {
      setDrag(null);
      if (drag === null || !isDrag(drag)) return;
      const { x, y, size } = options;
      const ends = [drag.from, drag.to].map((pixel) =>
        drag.axis === "x" ? placeAtPixel(pixel, x, size) : placeAtPixelY(pixel, y, size),
      );
      const places = { from: Math.min(...ends), to: Math.max(...ends) };
      if (places.from === places.to) return;
      if (drag.axis === "x") options.onX(places);
      else options.onY(places, "drag");
    },
    onPointerCancel: (): void => setDrag(null),
  };
}

/** A span that is `factor` times as large, with `at` where it was. */
export function zoomAround({ from, to }: Span, at: number, factor: number): Span {
  return { from: at - (at - from) * factor, to: at + (to - at) * factor };
}

/** What is dragged over. */
export function DragBox({ drag, size }: { drag: Drag; size: Size }) {
  const { left, top, width, height } = plotArea(size);
  const [start, end] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
  const [low, high] = drag.axis === "x" ? [left, left + width] : [top, top + height];
  const [from, to] = [Math.min(high, Math.max(low, start)), Math.min(high, Math.max(low, end))];
  return (
    <div
      className="absolute bg-accent/15"
      style={
        drag.axis === "x"
          ? { left: from, width: to - from, top, height }
          : { top: from, height: to - from, left, width }
      }
    />
  );
}
