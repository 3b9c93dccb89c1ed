import { sayClaim } from "@tailbone/lifecycle/claim";
import type { RunEvent } from "@tailbone/protocol/http";
import type { Estimate } from "@tailbone/protocol/reading";
import { useEffect, useRef } from "react";
import { formatStep, formatValue } from "../format/number";
import { formatExact } from "../format/time";
import { cn } from "../ui/cn";
import { formatInterval } from "./lanes";
import { StateChip } from "./state-legend";

/** `0.042 (0.031–0.055)`, and what the control scored. */
export const EstimateText = ({ estimate }: { estimate: Estimate | null }) =>
  estimate === null ? (
    <span className="text-faint">not measured</span>
  ) : (
    <span className="whitespace-nowrap">
      {formatValue(estimate.value)}{" "}
      <span className="text-soft">
        ({formatValue(estimate.low)} to {formatValue(estimate.high)})
      </span>
      {estimate.control === null ? null : <span className="text-faint"> control {formatValue(estimate.control)}</span>}
    </span>
  );

export interface EventListProps {
  events: readonly RunEvent[];
  selected: string | null;
  onSelect: (event: string) => void;
  onCheckpoint: (step: number) => void;
}

/** A feature's changes of state, each with what it rests on. */
export function EventList({ events, selected, onSelect, onCheckpoint }: EventListProps) {
  if (events.length === 0) return <p className="text-soft">No change of state so far.</p>;
  return (
    <ol className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {events.toReversed().map((event) => (
        <EventEntry
          key={event.id}
          event={event}
          isSelected={event.id === selected}
          onSelect={() => onSelect(event.id)}
          onCheckpoint={onCheckpoint}
        />
      ))}
    </ol>
  );
}

interface EventEntryProps {
  event: RunEvent;
  isSelected: boolean;
  onSelect: () => void;
  onCheckpoint: (step: number) => void;
}

function EventEntry({ event, isSelected, onSelect, onCheckpoint }: EventEntryProps) {
  const entry = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) entry.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);
  const { from, to, after, by, decidedAt, doubt, test, alpha, eValue, readings, sentence, evidence, claim, timeMs } =
    event;
  return (
    <li
      ref={entry}
      data-testid="life-event"
      data-from={from}
      data-to={to}
      className={cn(
        "grid grid-cols-[minmax(0,1fr)] gap-1.5 rounded-lg border bg-panel px-3 py-2",
        isSelected ? "border-accent ring-1 ring-accent" : "border-line",
      )}
    >
      <button
        type="button"
        aria-expanded={isSelected}
        onClick={onSelect}
        className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded text-left"
      >
        <StateChip state={from} />
        {from === to ? null : (
          <>
            <span aria-hidden className="text-faint">
              →
            </span>
            <StateChip state={to} />
          </>
        )}
        {from !== to && doubt === null ? null : (
          <span className="font-medium text-xs">{doubt === null ? "settled again" : "undecided"}</span>
        )}
        <span className="text-soft">
          {after === null ? "before the first reading" : `between steps ${formatInterval(after, by)}`}
        </span>
        <span className="ml-auto rounded bg-sunken px-1.5 text-soft text-xs">{sayClaim(claim).replace(/\.$/, "")}</span>
      </button>
      <p className="max-w-4xl">{sentence}</p>
      <details open={isSelected} className="text-xs">
        <summary className="w-fit cursor-pointer rounded text-soft hover:text-ink">What it rests on</summary>
        <p className="mt-1 max-w-4xl" title={formatExact(timeMs)}>
          {evidence === ""
            ? `${test}${eValue === null ? "" : `: e-value ${formatValue(eValue)} at alpha ${formatValue(alpha)}`}, decided at step ${formatStep(decidedAt)}.`
            : evidence}
        </p>
        {readings.length === 0 ? null : (
          <div className="mt-1 overflow-x-auto">
            <table className="[&_td]:py-0.5 [&_td]:pr-4 [&_th]:pr-4 [&_th]:text-left [&_th]:font-medium [&_th]:text-soft">
              <thead>
                <tr>
                  <th>step</th>
                  <th>encoded (95 %)</th>
                  <th>used</th>
                  <th>benefit</th>
                </tr>
              </thead>
              <tbody>
                {readings.map(({ step, encoded, used, benefit }) => (
                  <tr key={step}>
                    <td>
                      <button
                        type="button"
                        className="rounded text-accent hover:underline"
                        onClick={() => onCheckpoint(step)}
                      >
                        {formatStep(step)}
                      </button>
                    </td>
                    <td>
                      <EstimateText estimate={encoded} />
                    </td>
                    <td>
                      <EstimateText estimate={used} />
                    </td>
                    <td>
                      <EstimateText estimate={benefit} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </details>
    </li>
  );
}
