import { useCallback, useMemo } from "react";
import type { SetRange, Span } from "../charts/axis";
import type { SetLimits, YLimits } from "../charts/y-range";
import type { PanelsUrl, SetPanelsUrl } from "../page-state/urls";

const nothingHidden: readonly string[] = [];

type OfPanel = { readonly panel: string };
const isOf = (all: readonly OfPanel[], panel: string): boolean => all.some((one) => one.panel === panel);

/** What is kept of panels, with this in place of what was kept of one of them. */
const put = <Kept extends object>(all: readonly (Kept & OfPanel)[], panel: string, kept: readonly Kept[]) => [
  ...all.filter((one) => one.panel !== panel),
  ...kept.map((one) => ({ ...one, panel })),
];

/**
 * What is seen of each panel of a page (its stretch of x, its y axis, its lines), as it stands in the URL, and how it
 * is changed there.
 */
export function usePanelView({ zoom, zooms, y, off }: PanelsUrl, setUrl: SetPanelsUrl) {
  const ownRanges = useMemo(() => new Map(zooms.map(({ panel, ...span }) => [panel, span])), [zooms]);
  const limits = useMemo(() => new Map(y.map(({ panel, ...ends }) => [panel, ends])), [y]);
  const hidden = useMemo(() => {
    const lines = new Map<string, string[]>();
    for (const { panel, line } of off) lines.set(panel, [...(lines.get(panel) ?? []), line]);
    return lines;
  }, [off]);

  // All panels show the same stretch, but those that keep one of their own.
  const onRange = useCallback<SetRange>(
    (panel, span) =>
      void setUrl(
        ({ zooms }) =>
          isOf(zooms, panel) ? { zooms: put(zooms, panel, span === null ? [] : [span]) } : { zoom: span },
        { history: "push" },
      ),
    [setUrl],
  );
  const setOwnRange = useCallback(
    (panel: string, isOwn: boolean): void =>
      void setUrl(({ zoom, zooms }) => ({ zooms: put(zooms, panel, isOwn && zoom !== null ? [zoom] : []) }), {
        history: "push",
      }),
    [setUrl],
  );
  const onLimits = useCallback<SetLimits>(
    (panel, ends, history) => void setUrl(({ y }) => ({ y: put(y, panel, ends === null ? [] : [ends]) }), { history }),
    [setUrl],
  );
  const onHidden = useCallback(
    (panel: string, lines: readonly string[]): void =>
      void setUrl(({ off }) => ({
        off: put(
          off,
          panel,
          lines.map((line) => ({ line })),
        ),
      })),
    [setUrl],
  );
  return {
    rangeOf: useCallback((panel: string): Span | null => ownRanges.get(panel) ?? zoom, [ownRanges, zoom]),
    limitsOf: useCallback((panel: string): YLimits | null => limits.get(panel) ?? null, [limits]),
    hiddenOf: useCallback((panel: string) => hidden.get(panel) ?? nothingHidden, [hidden]),
    /** Whether a panel keeps a stretch of its own; null: there is none to keep. */
    ownRange: useCallback(
      (panel: string): boolean | null => (ownRanges.has(panel) ? true : zoom === null ? null : false),
      [ownRanges, zoom],
    ),
    onRange,
    setOwnRange,
    onLimits,
    onHidden,
  };
}
