import { memo } from "react";
import { PlotFrame } from "./plot-frame";
import { SeriesLines, type SeriesLinesProps } from "./series-lines";

/** The drawn part of a chart: axes and grid, and the series within. */
export const SeriesPlot = memo(function SeriesPlot(props: SeriesLinesProps) {
  const { plot, size } = props;
  return (
    <PlotFrame x={plot.x} y={plot.y} xTicks={plot.xTicks} yTicks={plot.yTicks} size={size}>
      <SeriesLines {...props} />
    </PlotFrame>
  );
});
