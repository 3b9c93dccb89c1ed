import type { PanelLayout, PanelSpec } from "@tailbone/protocol/page-state/panels";
import { fitsSeries } from "@tailbone/protocol/series-pattern";
import { ownPanel, type ShownPanel } from "./panels-of";

/**
 * A change of a project's panels. It is made again on what others have saved meanwhile, so it asks the layout it is
 * given for what it changes; null: that is not there any more.
 */
export type LayoutEdit = (layout: PanelLayout) => PanelLayout | null;

const isOwn = ({ id, series, pattern }: PanelSpec): boolean =>
  pattern === null && series.length === 1 && (series[0] === id || id.replace(/'+$/, "") === series[0]);

/** What is kept of a panel; null: nothing, it is the one that its series has by itself. */
function kept(spec: PanelSpec): PanelSpec | null {
  const { series, pattern, title, size, pinned, hidden } = spec;
  const [only] = series;
  if (pattern !== null || series.length > 1) return spec;
  if (only === undefined) return null;
  return title === null && size === "medium" && !pinned && !hidden ? null : { ...spec, id: only };
}

/** A panel as the layout has it; that of a series by itself is as it was shown. */
const find = (layout: PanelLayout, spec: PanelSpec): PanelSpec | null =>
  layout.panels.find(({ id }) => id === spec.id) ?? (isOwn(spec) ? spec : null);

/** Puts a panel in the place of others: in the list, and in the order that of the first. */
function replace(layout: PanelLayout, ids: readonly string[], spec: PanelSpec): PanelLayout {
  const next = kept(spec);
  const [first] = ids;
  const id = next?.id ?? spec.series[0];
  const order = layout.order
    .filter((one) => one === first || (one !== id && !ids.includes(one)))
    .flatMap((one) => (one !== first ? [one] : id === undefined ? [] : [id]));
  const others = layout.panels.filter((one) => !ids.includes(one.id) && one.id !== id);
  const place = layout.panels.findIndex((one) => one.id === first);
  const panels = next === null ? others : others.toSpliced(place < 0 ? others.length : place, 0, next);
  return { ...layout, panels, order };
}

export const changePanel =
  (spec: PanelSpec, change: Partial<Pick<PanelSpec, "title" | "size" | "pinned" | "hidden">>): LayoutEdit =>
  (layout) => {
    const now = find(layout, spec);
    return now === null ? null : replace(layout, [now.id], { ...now, ...change });
  };

/** What a panel is to show; what is left out stays as it is. */
export interface PanelChange {
  readonly title?: string | null;
  readonly pattern?: string | null;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
}

/**
 * Changes what a panel shows; null in its place: a new one, before all others of its section. `id` is that of a panel
 * that is made: of a new one, and of what was the panel of one series by itself.
 */
export const editPanel =
  (panel: PanelSpec | null, change: PanelChange, id: string): LayoutEdit =>
  (layout) => {
    const now = panel === null ? { ...ownPanel("", id), series: [] } : find(layout, panel);
    if (now === null) return null;
    const { title = now.title, pattern = now.pattern, added = [], removed = [] } = change;
    const isFit = (name: string): boolean => pattern !== null && fitsSeries(pattern, name);
    const series = [...new Set([...now.series, ...added])].filter((name) => !removed.includes(name));
    const without = [...new Set([...now.without, ...removed])].filter((name) => isFit(name) && !added.includes(name));
    const isMade = isOwn(now) && (series.length > 1 || pattern !== null);
    const next: PanelSpec = { ...now, id: isMade ? id : now.id, title, pattern, series, without };
    // A panel that has but these series goes into this one.
    const gone = layout.panels
      .filter((one) => isOwn(one) && one.id !== now.id && one.series.every((name) => added.includes(name)))
      .map((one) => one.id);
    if (panel !== null) return replace(layout, [now.id, ...gone], next);
    const others = replace(layout, [...gone, id], next);
    return kept(next) === null ? null : { ...others, order: [id, ...others.order.filter((one) => one !== id)] };
  };

/** Lays one panel into another: its series, and its pattern where that has none of its own. */
export const mergePanels =
  (from: ShownPanel, onto: PanelSpec, id: string): LayoutEdit =>
  (layout) => {
    const [taken, now] = [find(layout, from.spec), find(layout, onto)];
    if (taken === null || now === null || taken.id === now.id) return null;
    const hasPlace = now.pattern === null;
    const names = hasPlace ? taken.series : [...new Set([...taken.series, ...from.series])];
    const series = [...now.series, ...names.filter((name) => !now.series.includes(name))];
    const next: PanelSpec = {
      ...now,
      id: isOwn(now) ? id : now.id,
      series,
      pattern: now.pattern ?? taken.pattern,
      without: (hasPlace ? taken : now).without.filter((name) => !series.includes(name)),
    };
    return replace(layout, [now.id, taken.id], next);
  };

/** Each series of a panel has one of its own again. */
export const splitPanel =
  (panel: PanelSpec): LayoutEdit =>
  (layout) =>
    layout.panels.some(({ id }) => id === panel.id)
      ? {
          ...layout,
          panels: layout.panels.filter(({ id }) => id !== panel.id),
          order: layout.order.filter((id) => id !== panel.id),
        }
      : null;

/**
 * Moves a panel to a place among `ids`, the panels it stands with as they are shown. What nobody has moved goes on
 * standing by name.
 */
export const movePanel =
  (ids: readonly string[], id: string, place: number): LayoutEdit =>
  (layout) => {
    const moved = ids.filter((one) => one !== id).toSpliced(place, 0, id);
    const before = moved[place - 1];
    const order = [...layout.order.filter((one) => one !== id)];
    order.push(...moved.slice(0, place).filter((one) => !order.includes(one)));
    const next = moved.slice(place + 1).find((one) => order.includes(one));
    const at = before === undefined ? order.indexOf(next ?? "") : order.indexOf(before) + 1;
    return { ...layout, order: order.toSpliced(Math.max(0, at), 0, id) };
  };

export const setSections =
  (change: Partial<PanelLayout["sections"]>): LayoutEdit =>
  (layout) => ({ ...layout, sections: { ...layout.sections, ...change } });
