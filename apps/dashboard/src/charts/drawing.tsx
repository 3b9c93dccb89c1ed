"use client";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { DrawScheduler } from "./draw-scheduler";
import type { DrawTurns, PanelFeed } from "./panel-feed";
import { watchScrolling } from "./scrolling";

const Turns = createContext<DrawTurns | null>(null);

/**
 * All panels on the screen draw in turns, of whatever runs their lines are: what a frame has room for is the browser's,
 * not a run's.
 */
export function Drawing({ children }: { children: ReactNode }) {
  const [drawing] = useState(createDrawing);
  useEffect(() => drawing.start(), [drawing]);
  return <Turns value={drawing.turns}>{children}</Turns>;
}

export function useTurns(): DrawTurns {
  const turns = useContext(Turns);
  if (turns === null) throw new Error("panels are drawn within <Drawing>");
  return turns;
}

function createDrawing() {
  let isScrolling = (): boolean => false;
  const turns = new DrawScheduler<PanelFeed>(
    {
      now: () => performance.now(),
      onFrame: (callback) => requestAnimationFrame(callback),
      isScrolling: () => isScrolling(),
    },
    (panel) => flushSync(() => panel.draw()),
  );
  const start = (): (() => void) => {
    const scrolling = watchScrolling();
    isScrolling = scrolling.isScrolling;
    return scrolling.stop;
  };
  return { turns, start };
}
