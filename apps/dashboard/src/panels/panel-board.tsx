"use client";
import {
  type Collision,
  type CollisionDetection,
  DndContext,
  type DragMoveEvent,
  DragOverlay,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { ChevronDown, ChevronRight, GripVertical, Pin } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { formatPlural } from "../format/number";
import { type DropTarget, type PlacedPanel, placeOf, stepTarget, targetAt } from "./drop-target";
import { mergePanels, movePanel } from "./edit-layout";
import { type DrawPanel, PanelCell } from "./panel-cell";
import { newPanelId } from "./panel-id";
import type { PanelActs } from "./panel-menu";
import type { PanelPage, ShownPanel } from "./panels-of";

export interface PanelBoardProps {
  page: PanelPage;
  draw: DrawPanel;
  acts: PanelActs;
  canArrange: boolean;
  /** Sections that are folded. */
  closed: readonly string[];
  onToggle: (prefix: string) => void;
  /** Sections have their names above them. */
  withHeads: boolean;
}

const PINNED = "\u0000pinned";
const ARROWS: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
/** What the steps of the keyboard within one panel lie apart, so that each is a move. */
const ZONE_PIXELS = { before: 0, onto: 12, after: 24 } as const;

const targetOf = (collisions: readonly Collision[] | null): DropTarget | null => collisions?.[0]?.data?.target ?? null;

/**
 * The panels of a page, section by section. Each is dragged by its handle: beside others of its section, or onto any to
 * draw both there.
 */
export function PanelBoard({ page: newest, draw, acts, canArrange, closed, onToggle, withHeads }: PanelBoardProps) {
  const [dragged, setDragged] = useState<ShownPanel | null>(null);
  // While a panel is dragged the others keep their places: what comes meanwhile is shown once it is let go.
  const held = useRef(newest);
  if (dragged === null) held.current = newest;
  const page = held.current;
  const [target, setTarget] = useState<DropTarget | null>(null);
  const byKey = useRef<DropTarget | null>(null);
  const groups = useMemo(
    () => [
      { group: PINNED, panels: page.pinned },
      ...page.sections
        .filter(({ prefix }) => !closed.includes(prefix))
        .map(({ prefix, panels }) => ({ group: prefix, panels })),
    ],
    [page, closed],
  );
  const panels = useMemo(
    () => new Map(groups.flatMap((one) => one.panels.map((panel) => [panel.spec.id, panel] as const))),
    [groups],
  );
  const placed = useMemo<PlacedPanel[]>(
    () => groups.flatMap(({ group, panels }) => panels.map(({ spec }) => ({ id: spec.id, group }))),
    [groups],
  );

  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: (event, { active, context }) => {
        const by = ARROWS[event.code];
        if (by === undefined) return undefined;
        event.preventDefault();
        byKey.current = stepTarget(placed, String(active), byKey.current, by);
        const rect = context.droppableRects.get(byKey.current?.panel ?? active);
        const shift = byKey.current === null ? 0 : ZONE_PIXELS[byKey.current.zone];
        return rect === undefined ? undefined : { x: rect.left + shift, y: rect.top };
      },
    }),
  );
  const findTarget: CollisionDetection = ({ active, droppableRects, droppableContainers, pointerCoordinates }) => {
    const collide = (target: DropTarget | null): Collision[] => {
      const container = droppableContainers.find(({ id }) => id === target?.panel);
      return container === undefined ? [] : [{ id: container.id, data: { droppableContainer: container, target } }];
    };
    if (pointerCoordinates === null) return collide(byKey.current);
    const { x, y } = pointerCoordinates;
    for (const [id, { left, top, width, height }] of droppableRects) {
      if (x < left || x > left + width || y < top || y > top + height) continue;
      return collide(targetAt(placed, String(active.id), String(id), (x - left) / width));
    }
    return [];
  };
  const follow = ({ collisions }: Pick<DragMoveEvent, "collisions">): void => {
    const next = targetOf(collisions);
    setTarget((now) => (now?.panel === next?.panel && now?.zone === next?.zone ? now : next));
  };
  const end = (): void => {
    setDragged(null);
    setTarget(null);
    byKey.current = null;
  };
  function drop(panel: ShownPanel, { panel: id, zone, ...rest }: DropTarget): void {
    const other = panels.get(id);
    if (other === undefined) return;
    if (zone === "onto") {
      acts.change(mergePanels(panel, other.spec, newPanelId()), `“${panel.title}” is drawn with “${other.title}”.`);
      return;
    }
    const group = groups.find((one) => one.panels.includes(panel));
    const ids = group?.panels.map(({ spec }) => spec.id) ?? [];
    acts.change(movePanel(ids, panel.spec.id, placeOf(placed, panel.spec.id, { panel: id, zone, ...rest })));
  }

  const grid = (shown: readonly ShownPanel[], keys = keysOf(shown)): ReactNode => (
    <div className="@container">
      <div className="grid grid-cols-2 gap-3 @[115rem]:grid-cols-10 @[46rem]:grid-cols-4 @[69rem]:grid-cols-6 @[92rem]:grid-cols-8">
        {shown.map((panel, index) => (
          <PanelCell
            key={keys[index]}
            panel={panel}
            draw={draw}
            acts={acts}
            canArrange={canArrange}
            zone={target?.panel === panel.spec.id ? target.zone : null}
          />
        ))}
      </div>
    </div>
  );
  return (
    <DndContext
      id="panels"
      sensors={sensors}
      collisionDetection={findTarget}
      onDragStart={({ active }) => setDragged(panels.get(String(active.id)) ?? null)}
      onDragMove={follow}
      onDragCancel={end}
      onDragEnd={({ collisions }) => {
        const last = targetOf(collisions);
        if (dragged !== null && last !== null) drop(dragged, last);
        end();
      }}
      accessibility={{ announcements: silent, screenReaderInstructions: { draggable: INSTRUCTIONS } }}
    >
      {page.pinned.length === 0 ? null : (
        <section aria-label="Pinned">
          <h2 className="mb-2 flex items-center gap-1.5 font-semibold text-xs">
            <Pin className="size-3 text-faint" aria-hidden />
            Pinned
          </h2>
          {grid(page.pinned)}
        </section>
      )}
      {page.sections.map(({ prefix, panels: its }) => {
        const isClosed = closed.includes(prefix);
        const Arrow = isClosed ? ChevronRight : ChevronDown;
        return (
          <section key={prefix} aria-label={prefix === "" ? "Charts" : prefix}>
            {prefix === "" || !withHeads ? null : (
              <h2 className="mb-2">
                <button
                  type="button"
                  aria-expanded={!isClosed}
                  onClick={() => onToggle(prefix)}
                  className="flex items-center gap-1 rounded font-semibold text-xs hover:text-accent"
                >
                  <Arrow className="size-3.5" />
                  {prefix}
                  <span className="ml-1 font-normal text-faint">{formatPlural(its.length, "chart")}</span>
                </button>
              </h2>
            )}
            {isClosed ? null : grid(its)}
          </section>
        );
      })}
      <p role="status" className="sr-only">
        {dragged === null ? "" : say(dragged, target, panels)}
      </p>
      <DragOverlay dropAnimation={null}>
        {dragged === null ? null : (
          <div className="flex w-fit max-w-72 items-center gap-1.5 rounded-lg border border-accent bg-panel px-2.5 py-1.5 font-medium text-xs shadow-lg">
            <GripVertical className="size-3 shrink-0 text-faint" aria-hidden />
            <span className="truncate">{dragged.title}</span>
          </div>
        )}
      </DragOverlay>
    </DndContext>
  );
}

/**
 * Panels by the first series that they name, rather than by their ids: a panel has another once a second series is
 * drawn with it, and stays in its place in the page, with the focus within it.
 */
function keysOf(panels: readonly ShownPanel[]): string[] {
  const counts = new Map<string, number>();
  return panels.map(({ spec }) => {
    const first = spec.series[0] ?? spec.id;
    const before = counts.get(first) ?? 0;
    counts.set(first, before + 1);
    return `${before} ${first}`;
  });
}

const INSTRUCTIONS =
  "Space picks the panel up. The arrow keys go through the places beside and upon the other panels, Space lets go, Escape leaves it where it was.";

/** What happens is said in our own words. */
const silent = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
};

function say(dragged: ShownPanel, target: DropTarget | null, panels: ReadonlyMap<string, ShownPanel>): string {
  const other = target === null ? undefined : panels.get(target.panel);
  if (target === null || other === undefined) return `${dragged.title} in its place.`;
  if (target.zone === "onto") return `${dragged.title} onto ${other.title}: both in one panel.`;
  return `${dragged.title} ${target.zone === "before" ? "before" : "behind"} ${other.title}.`;
}
