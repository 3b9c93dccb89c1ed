import type { PanelLayout, PanelSpec } from "@tailbone/protocol/page-state/panels";
import { fitsSeries } from "@tailbone/protocol/series-pattern";
import { byName } from "../charts/groups";

/** A panel of a run: what it is, and which of the run's series it shows, at least one. */
export interface ShownPanel {
  readonly spec: PanelSpec;
  readonly title: string;
  readonly series: readonly string[];
}

/** The panel that a series has by itself. */
export const ownPanel = (series: string, id = series): PanelSpec => ({
  id,
  title: null,
  series: [series],
  pattern: null,
  without: [],
  size: "medium",
  pinned: false,
  hidden: false,
});

/** What a panel shows of some series. */
function seriesOf({ series, pattern, without }: PanelSpec, names: readonly string[]): string[] {
  const there = new Set(names);
  const named = series.filter((name) => there.has(name));
  if (pattern === null) return named;
  const others = names.filter((name) => fitsSeries(pattern, name) && !series.includes(name) && !without.includes(name));
  return [...named, ...others.sort(byName)];
}

/**
 * The panels of a run with these series: those that are specified and have any of them, then one for each series that
 * none takes. Each series is in at least one panel, and no two panels have the same id.
 */
export function panelsOf(specs: readonly PanelSpec[], names: readonly string[]): ShownPanel[] {
  const specified = specs.map((spec) => ({ spec, series: seriesOf(spec, names) }));
  const taken = new Set(specified.flatMap(({ series }) => series));
  const ids = new Set(specs.map(({ id }) => id));
  const own = names
    .filter((name) => !taken.has(name))
    .map((name) => {
      let id = name;
      while (ids.has(id)) id += "'";
      ids.add(id);
      return { spec: ownPanel(name, id), series: [name] };
    });
  return [...specified, ...own]
    .filter(({ series }) => series.length > 0)
    .map(({ spec, series }) => ({ spec, series, title: titleOf(spec, series) }));
}

const NAMED = 3;

function titleOf({ title, pattern, series }: PanelSpec, shown: readonly string[]): string {
  if (title !== null) return title;
  if (pattern !== null && series.length === 0) return pattern;
  const rest = shown.length - NAMED;
  return rest > 0 ? `${shown.slice(0, NAMED).join(", ")} and ${rest} more` : shown.join(", ");
}

/** Panels whose series begin with the same parts. */
interface PanelSection {
  /** Empty: panels of series without a slash, or none are grouped. */
  readonly prefix: string;
  readonly panels: readonly ShownPanel[];
}

export interface PanelPage {
  readonly pinned: readonly ShownPanel[];
  readonly sections: readonly PanelSection[];
  readonly hidden: readonly ShownPanel[];
}

/**
 * The section of a panel, whichever of its series a run has: its first name's, or that of its pattern up to the first
 * `*`.
 */
export function sectionOf({ series, pattern }: PanelSpec, depth: number): string {
  const [name = pattern?.replace(/\*.*$/s, "") ?? ""] = series;
  return name.split("/").slice(0, -1).slice(0, depth).join("/");
}

/** Lays panels out: what is pinned above, then section by section, each in the layout's order and then by name. */
export function arrangePanels({ order, sections }: PanelLayout, panels: readonly ShownPanel[]): PanelPage {
  const places = new Map(order.map((id, place) => [id, place]));
  const placeOf = ({ spec }: ShownPanel): number => places.get(spec.id) ?? order.length;
  const inOrder = panels.toSorted((a, b) => placeOf(a) - placeOf(b) || byName(a.title, b.title));
  const shown = inOrder.filter(({ spec }) => !spec.hidden);
  const grouped = new Map<string, ShownPanel[]>();
  for (const panel of shown.filter(({ spec }) => !spec.pinned)) {
    const prefix = sectionOf(panel.spec, sections.depth);
    grouped.set(prefix, [...(grouped.get(prefix) ?? []), panel]);
  }
  return {
    pinned: shown.filter(({ spec }) => spec.pinned),
    sections: [...grouped].map(([prefix, panels]) => ({ prefix, panels })).sort((a, b) => byName(a.prefix, b.prefix)),
    hidden: inOrder.filter(({ spec }) => spec.hidden),
  };
}
