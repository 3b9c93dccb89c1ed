import { cn } from "../ui/cn";
import { atEnd, atPlace, shownValue } from "./at-place";
import { projectX } from "./axis";
import { useHover } from "./hover";
import type { Line } from "./line";
import type { Plot } from "./plot";
import type { SharedAxis } from "./shared-axis";
import { formatIn, unitOf } from "./unit";

/** A stroke as the line has it. */
export const LineSample = ({ line, isHidden = false }: { line: Pick<Line, "colour" | "dash">; isHidden?: boolean }) => (
  <svg aria-hidden width={16} height={8} className="shrink-0" opacity={isHidden ? 0.35 : 1}>
    <path
      d="M0.5 4h15"
      stroke={line.colour}
      strokeWidth={2}
      strokeDasharray={line.dash ?? undefined}
      strokeLinecap={line.dash === null ? "round" : "butt"}
    />
  </svg>
);

export interface LegendProps {
  /** All of the panel's, the hidden too. */
  lines: readonly Line[];
  plot: Plot | null;
  axis: SharedAxis;
  hidden: ReadonlySet<string>;
  /** Hides and shows lines. */
  onHidden: (hidden: readonly string[]) => void;
  /** Lifts a line above the others; null: none. */
  onLift: (line: string | null) => void;
  /** A list beside a large chart, rather than what fits beneath a small one. */
  isLarge: boolean;
}

/**
 * The lines of a panel with their values at the crosshair, or their newest. A press hides a line or shows it again, a
 * double press leaves it alone on the panel; the pointer lifts it.
 */
export function Legend({ lines, plot, axis, hidden, onHidden, onLift, isLarge }: LegendProps) {
  const hover = useHover(axis.hover);
  const drawn = new Map((plot?.lines ?? []).map((line) => [line.key, line]));
  const place = hover === null ? null : projectX(hover.x, axis.x);

  function toggle(key: string): void {
    onHidden(hidden.has(key) ? [...hidden].filter((one) => one !== key) : [...hidden, key]);
  }
  function isolate(key: string): void {
    const others = lines.map((line) => line.key).filter((one) => one !== key);
    onHidden(others.every((one) => hidden.has(one)) ? [] : others);
  }

  return (
    <ul
      data-testid="legend"
      aria-label="Lines"
      className={cn(
        "grid content-start gap-x-3 overflow-y-auto text-2xs",
        isLarge
          ? "max-h-40 px-2 grid-cols-[repeat(auto-fill,minmax(min(100%,11rem),1fr))]"
          : "max-h-16 grid-cols-[repeat(auto-fill,minmax(min(100%,9.5rem),1fr))] px-2",
      )}
      onPointerLeave={() => onLift(null)}
    >
      {lines.map((line) => {
        const isHidden = hidden.has(line.key);
        const own = drawn.get(line.key);
        const at =
          own === undefined || plot === null ? null : place === null ? atEnd(own) : atPlace(own, place, plot.x);
        return (
          <li key={line.key} className="min-w-0">
            <button
              type="button"
              aria-pressed={!isHidden}
              title={`${line.series}. Press to ${isHidden ? "show" : "hide"} it, twice to see it alone.`}
              className={cn(
                "flex w-full items-center gap-1.5 rounded px-1 leading-4 hover:bg-sunken",
                isHidden && "text-faint line-through",
              )}
              onClick={() => toggle(line.key)}
              onDoubleClick={() => isolate(line.key)}
              onPointerEnter={() => onLift(isHidden ? null : line.key)}
              onFocus={() => onLift(isHidden ? null : line.key)}
              onBlur={() => onLift(null)}
            >
              <LineSample line={line} isHidden={isHidden} />
              <span className="min-w-0 truncate">{line.name}</span>
              <span
                data-testid="legend-value"
                className={cn("ml-auto whitespace-nowrap pl-1", place === null ? "text-soft" : "font-medium")}
              >
                {isHidden ? "" : at === null ? "–" : formatIn(unitOf(line.series), shownValue(at))}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
