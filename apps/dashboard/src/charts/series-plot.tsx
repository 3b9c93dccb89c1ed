import { memo } from "react";
import { LiveFrame } from "./live-frame";
import { SeriesLines, type SeriesLinesProps } from "./series-lines";

/** The drawn part of a chart: axes and grid, and the series above them. */
export const SeriesPlot = memo(function SeriesPlot(props: SeriesLinesProps) {
  const { plot, size } = props;
  return (
    <svg aria-hidden className="block" width={size.width} height={size.height}>
      <LiveFrame x={plot.x} y={plot.y} xTicks={plot.xTicks} yTicks={plot.yTicks} size={size} />
      <SeriesLines {...props} />
    </svg>
  );
});
