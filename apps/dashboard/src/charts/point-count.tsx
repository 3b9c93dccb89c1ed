import { formatCount, formatPlural } from "../format/number";
import type { ChartView } from "../live/chart-view";
import type { Plot } from "./plot";

const COUNT_HINT =
  "Every point of the range is in one of the marks: the line is a mark's mean, the band reaches from its smallest to its largest value.";

/** How many marks stand for how many points, of all lines that are drawn. */
export function PointCount({ plot, views }: { plot: Plot; views: readonly ChartView[] }) {
  let [marks, points, notFinite] = [0, 0, 0];
  for (const { rows, buckets } of plot.lines) {
    marks += rows.length;
    for (const { nan, posInf, negInf } of buckets) notFinite += nan + posInf + negInf;
  }
  let total = 0;
  for (const view of views) {
    points += view.count;
    total += view.total;
  }
  return (
    <>
      {notFinite === 0 ? null : <span className="text-bad">{formatCount(notFinite)} not finite</span>}
      {points < total ? <span>of {formatCount(total)} in all</span> : null}
      <span className={points < total ? "-order-1" : ""} title={COUNT_HINT}>
        {formatCount(marks)} of {formatPlural(points, "point")}
      </span>
    </>
  );
}

/** What a resume has gone back over is not among the points that count. */
export function Overwritten({ views }: { views: readonly ChartView[] }) {
  const points = views.reduce((sum, { abandoned }) => sum + abandoned.reduce((all, { count }) => all + count, 0), 0);
  if (points === 0) return null;
  return (
    <span title="The run was resumed from an earlier step and has logged these steps anew: they are drawn faint.">
      {formatCount(points)} overwritten
    </span>
  );
}
