import { useEffect, useLayoutEffect, useMemo, useState, useSyncExternalStore } from "react";
import { CHART_BUCKETS } from "../live/chart-view";
import { rangeOf, type Span, type XAxisMode } from "./axis";
import { useTurns } from "./drawing";
import type { Line } from "./line";
import { type DrawnStates, PanelFeed } from "./panel-feed";

/**
 * A panel has no more marks than so many, but for lines of a quarter of the buckets at least: it is no slower to draw
 * for having more lines.
 */
const MOST_MARKS = 16_000;

/** Into how many buckets at most each of so many lines is gathered. Their extremes stay, whatever the number. */
export function bucketsOf(lines: number): number {
  const quarters = Math.floor((4 * MOST_MARKS) / (CHART_BUCKETS * lines));
  return (CHART_BUCKETS / 4) * Math.min(4, Math.max(1, quarters));
}

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
        range: rangeOf(window, { ...x, originMs }, bucketsOf(lines.length)),
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
