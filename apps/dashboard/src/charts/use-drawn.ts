import { useEffect, useLayoutEffect, useMemo, useState, useSyncExternalStore } from "react";
import { rangeOf, type Span, type XAxisMode } from "./axis";
import { useTurns } from "./drawing";
import type { Line } from "./line";
import { type DrawnStates, PanelFeed } from "./panel-feed";

const nothing: DrawnStates = new Map();

/** What is to be drawn of a panel's lines, kept live while it is in view. */
export function useDrawn(
  lines: readonly Pick<Line, "key" | "charts" | "series" | "originMs">[],
  window: Span | null,
  x: XAxisMode,
  isInView: boolean,
): { readonly drawn: DrawnStates; readonly retry: () => void } {
  const turns = useTurns();
  const [feed] = useState(() => new PanelFeed(turns));
  const sources = useMemo(
    () =>
      lines.map(({ key, charts, series, originMs }) => ({
        key,
        charts,
        series,
        range: rangeOf(window, { ...x, originMs }),
      })),
    [lines, window, x],
  );
  // Before it is painted, so that what is there already is drawn at once.
  useLayoutEffect(() => feed.point(sources), [feed, sources]);
  useLayoutEffect(() => feed.show(isInView), [feed, isInView]);
  useEffect(() => () => feed.close(), [feed]);
  const drawn = useSyncExternalStore(feed.subscribe, feed.state, () => nothing);
  return { drawn, retry: () => feed.retry() };
}
