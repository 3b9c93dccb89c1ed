"use client";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { XAxisMode } from "./axis";
import { HoverStore } from "./hover";

/** One x axis of many panels: what they show along it, and the place that the pointer is at in one of them. */
export interface SharedAxis {
  readonly x: XAxisMode;
  readonly hover: HoverStore;
}

const Axis = createContext<SharedAxis | null>(null);

/** The panels within have this x axis, and one crosshair. */
export function AxisOfPanels({ x, children }: { x: XAxisMode; children: ReactNode }) {
  const [hover] = useState(() => new HoverStore());
  const axis = useMemo(() => ({ x, hover }), [x, hover]);
  return <Axis value={axis}>{children}</Axis>;
}

export function useSharedAxis(): SharedAxis {
  const axis = useContext(Axis);
  if (axis === null) throw new Error("a panel lies within <AxisOfPanels>");
  return axis;
}
