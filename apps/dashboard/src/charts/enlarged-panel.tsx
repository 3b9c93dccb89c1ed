"use client";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { isTyping } from "../ui/use-page-keys";
import { Panel, type PanelProps } from "./panel";
import { PanelControls, type PanelControlsProps, ShownRange } from "./panel-controls";
import { useSharedAxis } from "./shared-axis";
import { rangeTitle } from "./ticks";

export interface EnlargedPanelProps extends PanelControlsProps {
  /** Null: none is enlarged. */
  shown: Omit<PanelProps, "height" | "onEnlarge" | "actions"> | null;
  /** The panels of the page in their order: the ways to the previous and the next go round. */
  order: readonly string[];
  onOpen: (panel: string | null) => void;
}

const STEPS: Readonly<Record<string, -1 | 1>> = { j: 1, k: -1, ArrowRight: 1, ArrowLeft: -1 };

/** One panel as large as the window allows, with all that can be set of it, and the ways to its neighbours. */
export function EnlargedPanel({ shown, order, onOpen, ...controls }: EnlargedPanelProps) {
  const { x } = useSharedAxis();
  const height = useLargeHeight();
  const index = shown === null ? -1 : order.indexOf(shown.panel);
  const hasOthers = order.some((panel) => panel !== shown?.panel);

  function go(direction: -1 | 1): void {
    const start = index === -1 && direction === -1 ? 0 : index;
    const next = order[(start + direction + order.length) % order.length];
    if (next !== undefined) onOpen(next);
  }
  function press(event: KeyboardEvent): void {
    const direction = STEPS[event.key];
    // Sliders and groups have said by now that they have taken the arrow keys; within the chart they move its
    // crosshair.
    if (direction === undefined || event.defaultPrevented || isTyping(event.target) || !hasOthers) return;
    if (event.key.startsWith("Arrow") && isWithinChart(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    go(direction);
  }

  return (
    <Dialog
      open={shown !== null}
      onOpenChange={(open) => !open && onOpen(null)}
      title={shown?.title ?? ""}
      className="w-[min(84rem,calc(100vw-1.5rem))] p-4"
      onKeyDown={press}
      actions={
        !hasOthers ? null : (
          <>
            <span className="mr-1 text-faint text-xs max-sm:hidden">
              {index === -1 ? "" : `${index + 1} of ${order.length}`}
            </span>
            <Button look="quiet" size="icon" aria-label="Previous chart" title="Previous ( k )" onClick={() => go(-1)}>
              <ChevronLeft />
            </Button>
            <Button look="quiet" size="icon" aria-label="Next chart" title="Next ( j )" onClick={() => go(1)}>
              <ChevronRight />
            </Button>
          </>
        )
      }
    >
      {shown === null ? null : (
        <>
          <div className="-mt-1 mb-2 flex flex-wrap items-center gap-x-4 gap-y-1">
            <PanelControls {...controls} />
            {shown.range === null ? null : (
              <ShownRange title={rangeTitle(shown.range, x)} onShowAll={() => shown.onRange(shown.panel, null)} />
            )}
          </div>
          <Panel key={shown.panel} {...shown} height={height} />
        </>
      )}
    </Dialog>
  );
}

const isWithinChart = (target: EventTarget): boolean => target instanceof Element && target.closest("figure") !== null;

/** Here what can be set takes several rows. */
const NARROW = 640;

/** What the window leaves for a plot beside what stands around it. */
function useLargeHeight(): number {
  const [height, setHeight] = useState(480);
  useEffect(() => {
    const measure = (): void => {
      const share = window.innerWidth < NARROW ? 0.4 : 0.62;
      setHeight(Math.round(Math.min(640, Math.max(220, window.innerHeight * share))));
    };
    measure();
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  return height;
}
