import type { ReactNode } from "react";
import { CartesianGrid, ComposedChart, XAxis, YAxis } from "recharts";
import type { Span } from "./axis";
import { FRAME, type Size } from "./geometry";
import type { Tick } from "./ticks";

const label = { fontSize: 11, fill: "var(--ink-faint)" } as const;
const margin = { left: 0, right: FRAME.right, top: FRAME.top, bottom: 0 };
/** Recharts draws no ticks along x without data; what it draws is decided by the domain alone. */
const ENDS = [{ x: 0 }, { x: 1 }];

function labeller(ticks: readonly Tick[]): (place: number) => string {
  const labels = new Map(ticks.map(({ place, label: text }) => [place, text]));
  return (place) => labels.get(place) ?? "";
}

export interface PlotFrameProps {
  x: Span;
  y: Span;
  xTicks: readonly Tick[];
  yTicks: readonly Tick[];
  size: Size;
  children: ReactNode;
}

/** Axes and grid, with what is drawn within: SVG in pixels of the whole plot. */
export function PlotFrame({ x, y, xTicks, yTicks, size, children }: PlotFrameProps) {
  return (
    <ComposedChart data={ENDS} width={size.width} height={size.height} margin={margin} accessibilityLayer={false}>
      <CartesianGrid vertical={false} syncWithTicks stroke="var(--line)" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[x.from, x.to]}
        allowDataOverflow
        ticks={xTicks.map(({ place }) => place)}
        tickFormatter={labeller(xTicks)}
        interval={0}
        height={FRAME.bottom}
        tick={label}
        tickSize={3}
        tickMargin={3}
        stroke="var(--line-strong)"
      />
      <YAxis
        type="number"
        domain={[y.from, y.to]}
        allowDataOverflow
        ticks={yTicks.map(({ place }) => place)}
        tickFormatter={labeller(yTicks)}
        interval={0}
        width={FRAME.left}
        tick={label}
        tickSize={0}
        tickMargin={6}
        axisLine={false}
      />
      {children}
    </ComposedChart>
  );
}
