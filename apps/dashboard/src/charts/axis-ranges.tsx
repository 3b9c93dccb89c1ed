import { MoveVertical } from "lucide-react";
import { Popover } from "radix-ui";
import { type FormEvent, memo, useState } from "react";
import { formatValue } from "../format/number";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { FormField } from "../ui/form-parts";
import { type SetRange, type Span, unprojectX, type XAxisMode } from "./axis";
import { type Plot, valuesAt } from "./plot";
import type { SetLimits, YLimits } from "./y-range";

export interface AxisRangesProps {
  /** The panel's own name, and what it is called. */
  panel: string;
  title: string;
  /** The chart as it is drawn when the ranges are opened. */
  plotOf: () => Plot | null;
  x: XAxisMode;
  logY: boolean;
  range: Span | null;
  limits: YLimits | null;
  onRange: SetRange;
  onLimits: SetLimits;
}

/** Milliseconds of a unit of x as it is typed: a step, or a second. */
const typedUnit = ({ mode }: XAxisMode): number => (mode === "step" ? 1 : 1000);
const typed = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(Number(value.toPrecision(12)));

/** A number, null where nothing is typed, or NaN. */
const numberOf = (text: FormDataEntryValue | null): number | null => {
  const trimmed = String(text ?? "").trim();
  return trimmed === "" ? null : Number(trimmed.replace("−", "-"));
};

/** What is wrong with the two ends of an axis; null: nothing. */
export function faultOf(name: string, from: number | null, to: number | null): string | null {
  for (const end of [from, to])
    if (end !== null && !Number.isFinite(end)) return `${name} must be numbers, like 0.5 or 1e-3.`;
  return from !== null && to !== null && from >= to ? `${name}: the first must be smaller than the second.` : null;
}

/** The ranges of a chart's axes, typed by hand. What is left empty follows the data. */
export const AxisRanges = memo(function AxisRanges(props: AxisRangesProps) {
  const { title, limits } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button
          look="quiet"
          size="icon"
          className={cn(
            "-ml-1 size-5 focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100",
            limits === null && "opacity-0",
          )}
          aria-label={`Ranges of ${title}`}
          aria-pressed={limits !== null}
          title="Ranges of the axes"
        >
          <MoveVertical />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 w-64 rounded-lg border border-line bg-panel p-3 shadow-lg"
          // Else Enter within would enlarge the chart beneath.
          onKeyDown={(event) => event.stopPropagation()}
        >
          <RangesForm {...props} onDone={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
});

function RangesForm(props: AxisRangesProps & { onDone: () => void }) {
  const { panel, title, plotOf, x, logY, range, limits, onRange, onLimits, onDone } = props;
  const [plot] = useState(plotOf);
  const [fault, setFault] = useState<string | null>(null);
  const unit = typedUnit(x);
  const shownY = plot === null ? null : valuesAt(plot.y, logY);
  const shownX =
    plot === null ? null : { from: unprojectX(plot.x.from, x) / unit, to: unprojectX(plot.x.to, x) / unit };
  const now = (value: number | undefined): string => (value === undefined ? "" : formatValue(value));

  function apply(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [yFrom, yTo, xFrom, xTo] = ["yFrom", "yTo", "xFrom", "xTo"].map((name) => numberOf(form.get(name)));
    const y: YLimits = { from: yFrom ?? null, to: yTo ?? null };
    const span = { from: xFrom ?? shownX?.from ?? 0, to: xTo ?? shownX?.to ?? 0 };
    const isAll = (xFrom ?? null) === null && (xTo ?? null) === null;
    const found = faultOf("y", y.from, y.to) ?? (isAll ? null : faultOf("x", span.from, span.to));
    setFault(found);
    if (found !== null) return;
    onDone();
    onLimits(panel, y.from === null && y.to === null ? null : y, "push");
    if (x.mode !== "time") onRange(panel, isAll ? null : { from: span.from * unit, to: span.to * unit });
  }

  return (
    <form onSubmit={apply} className="grid gap-3" aria-label={`Ranges of ${title}`}>
      <div className="grid grid-cols-2 gap-2">
        <FormField label="y from" name="yFrom" defaultValue={typed(limits?.from)} placeholder={now(shownY?.from)} />
        <FormField label="y to" name="yTo" defaultValue={typed(limits?.to)} placeholder={now(shownY?.to)} />
      </div>
      {x.mode === "time" ? null : (
        <div className="grid grid-cols-2 gap-2">
          <FormField
            label={x.mode === "step" ? "step from" : "seconds from"}
            name="xFrom"
            defaultValue={typed(range === null ? null : range.from / unit)}
            placeholder={now(shownX?.from)}
          />
          <FormField
            label={x.mode === "step" ? "step to" : "seconds to"}
            name="xTo"
            defaultValue={typed(range === null ? null : range.to / unit)}
            placeholder={now(shownX?.to)}
          />
        </div>
      )}
      <p
        className={fault === null ? "text-faint text-xs" : "text-bad text-xs"}
        role={fault === null ? undefined : "alert"}
      >
        {fault ?? "Empty: as the data are."}
      </p>
      <Button type="submit" size="small" look="primary">
        Apply
      </Button>
    </form>
  );
}
