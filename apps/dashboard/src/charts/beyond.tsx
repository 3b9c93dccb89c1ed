import { formatCount, formatPlural } from "../format/number";
import type { Plot } from "./plot";
import { formatIn, type Unit } from "./unit";
import type { Beyond } from "./y-range";

/** How many points lie beyond an end of the axis, and how far: `1 point, 1 000`, `at least 3 points, up to 1e6`. */
export function describeBeyond({ points, isExact, value }: Beyond, unit: Unit): string {
  if (points === 1 && isExact) return `1 point, ${formatIn(unit, value)}`;
  return `${isExact ? "" : "at least "}${formatPlural(points, "point")}, up to ${formatIn(unit, value)}`;
}

/** What a chart does not reach to, in a line; pressed, it does. */
export function BeyondNote({ plot, unit, onShow }: { plot: Plot; unit: Unit; onShow: () => void }) {
  const { above, below } = plot;
  if (above === null && below === null) return null;
  const words = [
    ...(above === null ? [] : [`above: ${describeBeyond(above, unit)}`]),
    ...(below === null ? [] : [`below: ${describeBeyond(below, unit)}`]),
  ].join("; ");
  const short = (beyond: Beyond | null, arrow: string): string =>
    beyond === null
      ? ""
      : ` ${arrow} ${beyond.isExact ? "" : "≥ "}${formatCount(beyond.points)} to ${formatIn(unit, beyond.value)}`;
  return (
    <button
      type="button"
      data-testid="beyond-note"
      className="order-first mr-auto min-w-4 truncate rounded pl-2 text-soft hover:text-accent hover:underline"
      title={`Beyond the axis, ${words}. Press to show them.`}
      aria-label={`Beyond the axis, ${words}. Show them`}
      onClick={onShow}
    >
      beyond{short(above, "▲")}
      {short(below, "▼")}
    </button>
  );
}
