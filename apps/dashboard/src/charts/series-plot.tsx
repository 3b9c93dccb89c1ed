import { memo } from "react";
import { CartesianGrid, ComposedChart, XAxis, YAxis } from "recharts";
import { FRAME } from "./geometry";
import { SeriesLines, type SeriesLinesProps } from "./series-lines";
import type { Tick } from "./ticks";

const label = { fontSize: 11, fill: "var(--ink-faint)" } as const;
const margin = { left: 0, right: FRAME.right, top: FRAME.top, bottom: 0 };

/** Recharts draws no ticks along x without data; what it draws is decided by the domain alone. */
const ENDS = [{ x: 0 }, { x: 1 }];

function labeller(ticks: readonly Tick[]): (place: number) => string {
  const labels = new Map(ticks.map(({ place, label: text }) => [place, text]));
  return (place) => labels.get(place) ?? "";
}

/** The drawn part of a chart: axes and grid, and the series within. */
export const SeriesPlot = memo(function SeriesPlot(props: SeriesLinesProps) {
  const { plot, size } = props;
  return (
    <ComposedChart data={ENDS} width={size.width} height={size.height} margin={margin} accessibilityLayer={false}>
      <CartesianGrid vertical={false} syncWithTicks stroke="var(--line)" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[plot.x.from, plot.x.to]}
        allowDataOverflow
        ticks={plot.xTicks.map(({ place }) => place)}
        tickFormatter={labeller(plot.xTicks)}
        interval={0}
        height={FRAME.bottom}
        tick={label}
        tickSize={3}
        tickMargin={3}
        stroke="var(--line-strong)"
      />
      <YAxis
        type="number"
        domain={[plot.y.from, plot.y.to]}
        allowDataOverflow
        ticks={plot.yTicks.map(({ place }) => place)}
        tickFormatter={labeller(plot.yTicks)}
        interval={0}
        width={FRAME.left}
        tick={label}
        tickSize={0}
        tickMargin={6}
        axisLine={false}
      />
      <SeriesLines {...props} />
    </ComposedChart>
  );
});
