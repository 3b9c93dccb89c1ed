import { INITIAL_LAYOUT, type PanelLayout, panelLayoutSchema } from "@tailbone/protocol/page-state/panels";
import { useCallback, useMemo, useRef, useState } from "react";
import { toast } from "sonner";
import { isSystemSeries, searchSeries } from "../charts/groups";
import { useSavedPage } from "../page-state/use-saved-page";
import { editPanel, type LayoutEdit, movePanel, type PanelChange } from "./edit-layout";
import { newPanelId } from "./panel-id";
import type { PanelActs } from "./panel-menu";
import { arrangePanels, panelsOf, type ShownPanel } from "./panels-of";

export interface PanelsOptions {
  readonly project: string;
  /** The run's series; null: they are being read. */
  readonly names: readonly string[] | null;
  /** Those of host and process, rather than the run's own. */
  readonly system: boolean;
  /** What is looked for; empty: nothing. */
  readonly find: string;
}

/** The panels of a run, as the team has arranged those of its project, and what can be done with them. */
export function usePanels({ project, names, system, find }: PanelsOptions) {
  const { state: layout, isReading, problem, mend, change } = useSavedPage(project, "run", INITIAL_LAYOUT);
  const own = useMemo(() => (names ?? []).filter((name) => isSystemSeries(name) === system), [names, system]);
  const panels = useMemo(() => panelsOf(specsOf(layout, system), own), [layout, system, own]);
  const page = useMemo(() => {
    const found = panels.filter(({ title, series }) => searchSeries([title, ...series], find).length > 0);
    return arrangePanels(system ? { ...layout, sections: { depth: 0, closed: [] } } : layout, found);
  }, [layout, system, panels, find]);
  const latest = useRef({ layout, page });
  latest.current = { layout, page };
  /** What is edited: a panel, or a new one. */
  const [edited, setEdited] = useState<{ panel: ShownPanel | null } | null>(null);

  const changeSaying = useCallback(
    (edit: LayoutEdit, says?: string): void => {
      const before = latest.current.layout;
      const after = edit(before);
      change(edit);
      if (says === undefined || after === null) return;
      const undo: LayoutEdit = (now) => (isSame(now, after) ? before : null);
      toast(says, { duration: 10_000, action: { label: "Undo", onClick: () => change(undo) } });
    },
    [change],
  );
  const move = useCallback(
    (panel: ShownPanel, by: 1 | -1): void => {
      const { pinned, sections } = latest.current.page;
      const ids = [pinned, ...sections.map((one) => one.panels)]
        .map((group) => group.map(({ spec }) => spec.id))
        .find((group) => group.includes(panel.spec.id));
      const place = (ids?.indexOf(panel.spec.id) ?? 0) + by;
      if (ids !== undefined && place >= 0 && place < ids.length) change(movePanel(ids, panel.spec.id, place));
    },
    [change],
  );
  const acts = useMemo<Pick<PanelActs, "change" | "move" | "open">>(
    () => ({ change: changeSaying, move, open: (panel) => setEdited({ panel }) }),
    [changeSaying, move],
  );
  return {
    names: own,
    layout,
    panels,
    page,
    isReading,
    problem,
    mend,
    canArrange: problem === null,
    acts,
    edited,
    add: () => setEdited({ panel: null }),
    save: (what: PanelChange): void => {
      change(editPanel(edited?.panel?.spec ?? null, what, newPanelId()));
      setEdited(null);
    },
    close: () => setEdited(null),
  };
}

/** A pattern takes series of host and process only where it says so. */
const specsOf = ({ panels }: PanelLayout, system: boolean): PanelLayout["panels"] =>
  system
    ? panels.filter(
        ({ series, pattern }) => series.some(isSystemSeries) || (pattern !== null && isSystemSeries(pattern)),
      )
    : panels;

const isSame = (a: PanelLayout, b: PanelLayout): boolean =>
  JSON.stringify(panelLayoutSchema.parse(a)) === JSON.stringify(panelLayoutSchema.parse(b));
