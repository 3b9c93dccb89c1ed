import { useMemo } from "react";
import { layOutPlot } from "../charts/plot";
import { useDrawn } from "../charts/use-drawn";
import { formatValue } from "../format/number";
import type { FollowedRun } from "../live/followed-run";
import { INSET, LANE_HEIGHT } from "./lane-drawing";
import { pixelOfPlace, type StepAxis } from "./step-axis";

const HEIGHT = LANE_HEIGHT + 8;
const round = (pixel: number): number => Math.round(pixel * 10) / 10;

/** A series beneath the lanes, on their axis, so that a bend in it can be read beside what emerged there. */
export function UnderLine({
  live,
  series,
  axis,
  width,
}: {
  live: FollowedRun;
  series: string;
  axis: StepAxis;
  width: number;
}) {
  const lines = useMemo(() => [{ key: series, charts: live.charts, series, originMs: 0 }], [live, series]);
  const { drawn } = useDrawn(lines, null, axis.mode, true);
  const view = drawn.get(series)?.view ?? null;
  const line = useMemo(() => {
    if (view === null) return null;
    const plot = layOutPlot([{ key: series, series, originMs: 0, view }], {
      x: axis.mode,
      logY: false,
      smoothing: 0,
      window: axis.span,
      outliers: "shown",
      limits: null,
      ticks: { x: 2, y: 2 },
    });
    const [only] = plot?.lines ?? [];
    return plot === null || only === undefined ? null : { rows: only.rows, y: plot.y };
  }, [view, series, axis]);
  const path = useMemo(() => {
    if (line === null) return "";
    const y = (value: number): number => 2 + (1 - (value - line.y.from) / (line.y.to - line.y.from)) * (HEIGHT - 4);
    let isOpen = false;
    let drawn = "";
    for (const row of line.rows) {
      if (row.raw !== null)
        drawn += `${isOpen ? "L" : "M"}${round(pixelOfPlace(row.x, axis, width, INSET))} ${round(y(row.raw))}`;
      isOpen = row.raw !== null;
    }
    return drawn;
  }, [line, axis, width]);
  const last = line?.rows.findLast(({ raw }) => raw !== null)?.raw ?? null;
  return (
    <svg
      role="img"
      aria-label={`${series}${last === null ? "" : `: ${formatValue(last)}`}`}
      width={width}
      height={HEIGHT}
      className="block"
    >
      <path d={path} fill="none" stroke="var(--ink-soft)" strokeWidth={1.25} strokeLinejoin="round" />
    </svg>
  );
}
