import { useMemo } from "react";
import { useDrawn } from "../charts/chart-card";
import { layOutPlot } from "../charts/plot";
import { formatValue } from "../format/number";
import type { RunLive } from "../live/run-live";
import { INSET, LANE_HEIGHT } from "./lane-drawing";
import type { StepAxis } from "./step-axis";

const HEIGHT = LANE_HEIGHT + 8;
const round = (pixel: number): number => Math.round(pixel * 10) / 10;

/** A series beneath the lanes, on their axis, so that a bend in it can be read beside what emerged there. */
export function UnderLine({
  live,
  series,
  axis,
  width,
}: {
  live: RunLive;
  series: string;
  axis: StepAxis;
  width: number;
}) {
  const { view } = useDrawn(live, series, true);
  const plot = useMemo(
    () =>
      view === null
        ? null
        : layOutPlot(view, {
            x: axis.mode,
            logY: false,
            smoothing: 0,
            window: axis.span,
            outliers: "shown",
            limits: null,
            ticks: { x: 2, y: 2 },
          }),
    [view, axis],
  );
  const path = useMemo(() => {
    if (plot === null) return "";
    const x = (place: number): number =>
      INSET + ((place - axis.places.from) / (axis.places.to - axis.places.from)) * Math.max(1, width - 2 * INSET);
    const y = (value: number): number => 2 + (1 - (value - plot.y.from) / (plot.y.to - plot.y.from)) * (HEIGHT - 4);
    let isOpen = false;
    let drawn = "";
    for (const row of plot.rows) {
      if (row.raw !== null) drawn += `${isOpen ? "L" : "M"}${round(x(row.x))} ${round(y(row.raw))}`;
      isOpen = row.raw !== null;
    }
    return drawn;
  }, [plot, axis, width]);
  const last = plot?.rows.findLast(({ raw }) => raw !== null)?.raw ?? null;
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
