/**
 * Where a panel that is dragged would come to lie: before or behind another of its group, or onto another, as one panel
 * of both.
 */
export interface DropTarget {
  readonly panel: string;
  readonly zone: "before" | "onto" | "after";
}

/** A panel on the page: panels of one group are in an order among themselves. */
export interface PlacedPanel {
  readonly id: string;
  readonly group: string;
}

/** The share of a panel's width at either side over which one stands beside it. */
const BESIDE = 0.25;

/** The target beneath the pointer; `share` is how far from left to right it is over that panel, from 0 to 1. */
export function targetAt(
  panels: readonly PlacedPanel[],
  dragged: string,
  over: string,
  share: number,
): DropTarget | null {
  const own = panels.find(({ id }) => id === dragged);
  const other = panels.find(({ id }) => id === over);
  if (own === undefined || other === undefined || own === other) return null;
  const isBeside = own.group === other.group && (share < BESIDE || share > 1 - BESIDE);
  return { panel: over, zone: !isBeside ? "onto" : share < BESIDE ? "before" : "after" };
}

/**
 * All targets of a panel in the order of the page, as the arrow keys go through them; null is the place that it has.
 */
export function targetsOf(panels: readonly PlacedPanel[], dragged: string): (DropTarget | null)[] {
  const own = panels.findIndex(({ id }) => id === dragged);
  const group = panels[own]?.group;
  return panels.flatMap(({ id, group: its }, index): (DropTarget | null)[] => {
    if (index === own) return [null];
    const onto = { panel: id, zone: "onto" } as const;
    if (its !== group) return [onto];
    return index < own ? [{ panel: id, zone: "before" }, onto] : [onto, { panel: id, zone: "after" }];
  });
}

const isSame = (a: DropTarget | null, b: DropTarget | null): boolean =>
  a === b || (a !== null && b !== null && a.panel === b.panel && a.zone === b.zone);

/** The next or the previous target; at either end it stays. */
export function stepTarget(
  panels: readonly PlacedPanel[],
  dragged: string,
  now: DropTarget | null,
  by: 1 | -1,
): DropTarget | null {
  const targets = targetsOf(panels, dragged);
  const index = targets.findIndex((one) => isSame(one, now));
  return targets[Math.min(targets.length - 1, Math.max(0, index + by))] ?? null;
}

/** The place among the panels of its group at which a panel comes to stand. */
export function placeOf(panels: readonly PlacedPanel[], dragged: string, { panel, zone }: DropTarget): number {
  const group = panels.find(({ id }) => id === dragged)?.group;
  const others = panels.filter((one) => one.group === group && one.id !== dragged);
  return others.findIndex(({ id }) => id === panel) + (zone === "after" ? 1 : 0);
}
