"use client";
import { useDraggable, useDroppable } from "@dnd-kit/core";
import type { PanelSize } from "@tailbone/protocol/page-state/panels";
import { GripVertical } from "lucide-react";
import { memo, type ReactNode, useCallback, useMemo } from "react";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import type { DropTarget } from "./drop-target";
import { type PanelActs, PanelMenu } from "./panel-menu";
import type { ShownPanel } from "./panels-of";

/** Draws a panel; `actions` stand beside its name. */
export type DrawPanel = (panel: ShownPanel, actions: ReactNode) => ReactNode;

export interface PanelCellProps {
  panel: ShownPanel;
  draw: DrawPanel;
  acts: PanelActs;
  /** Null: what is kept cannot be changed now. */
  canArrange: boolean;
  /** Where the panel that is dragged would come to lie beside or upon this one. */
  zone: DropTarget["zone"] | null;
}

const PLACES: Record<PanelSize, string> = {
  small: "col-span-1",
  medium: "col-span-2",
  wide: "col-span-2 @[46rem]:col-span-4",
  tall: "col-span-2 row-span-2",
};

/** A panel in its place on the page, to be dragged by its handle and to drop others on. */
export const PanelCell = memo(function PanelCell({ panel, draw, acts, canArrange, zone }: PanelCellProps) {
  const { id, size } = panel.spec;
  const drag = useDraggable({ id, disabled: !canArrange });
  const { setNodeRef: setDropRef } = useDroppable({ id });
  const { setNodeRef: setDragRef, setActivatorNodeRef, listeners, attributes, isDragging } = drag;
  const setRef = useCallback(
    (node: HTMLElement | null) => {
      setDragRef(node);
      setDropRef(node);
    },
    [setDragRef, setDropRef],
  );
  const actions = useMemo(
    () =>
      !canArrange ? null : (
        <>
          <Button
            ref={setActivatorNodeRef}
            look="quiet"
            size="icon"
            className="-ml-1 size-5 cursor-grab touch-none opacity-0 focus-visible:opacity-100 active:cursor-grabbing group-hover:opacity-100 pointer-coarse:opacity-100"
            {...attributes}
            {...listeners}
            aria-label={`Move ${panel.title}`}
            title="Drag it beside another panel, or onto one to draw both in it"
          >
            <GripVertical />
          </Button>
          <PanelMenu panel={panel} acts={acts} />
        </>
      ),
    [canArrange, setActivatorNodeRef, attributes, listeners, panel, acts],
  );
  return (
    <div
      ref={setRef}
      data-testid="panel"
      data-panel={panel.title}
      data-size={size}
      className={cn("relative grid min-w-0 rounded-lg", PLACES[size], isDragging && "opacity-40")}
    >
      {draw(panel, actions)}
      {zone === null ? null : <DropMark zone={zone} />}
    </div>
  );
});

/** Says what letting go would do. */
function DropMark({ zone }: { zone: DropTarget["zone"] }) {
  if (zone !== "onto") {
    return (
      <div
        data-testid="drop-beside"
        className={cn(
          "pointer-events-none absolute inset-y-0 w-1 rounded-full bg-accent",
          zone === "before" ? "-left-2" : "-right-2",
        )}
      />
    );
  }
  return (
    <div
      data-testid="drop-onto"
      className="pointer-events-none absolute inset-0 flex items-start justify-center rounded-lg bg-accent/10 pt-2 ring-2 ring-accent"
    >
      <span className="h-fit rounded-md bg-accent px-2 py-1 font-medium text-accent-ink text-xs shadow">
        Draw both here
      </span>
    </div>
  );
}
