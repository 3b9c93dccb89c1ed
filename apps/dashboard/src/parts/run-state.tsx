"use client";
import type { Run, RunState } from "@tailbone/protocol/run";
import { runColour } from "../charts/run-colour";
import { formatCount } from "../format/number";
import { formatClock } from "../format/time";
import { useOfflineSince } from "../live/live-provider";
import { cn } from "../ui/cn";

/** The run's colour, the same on every page. */
export const RunDot = ({ run }: { run: Pick<Run, "number"> }) => (
  <span
    aria-hidden
    className="inline-block size-2.5 shrink-0 rounded-full"
    style={{ background: runColour(run.number) }}
  />
);

const looks: Record<RunState, string> = {
  running: "text-good",
  stalled: "text-warn",
  finished: "text-soft",
  failed: "text-bad",
  crashed: "text-bad",
};

/**
 * What is known of the run, in a word; while the hub is out of reach a run is not known to run, and where its state
 * cannot be read nothing is known of it.
 */
export function RunStateWord({
  run: { state, unreadable },
  className,
}: {
  run: Pick<Run, "state" | "unreadable">;
  className?: string;
}) {
  const sinceMs = useOfflineSince();
  if (unreadable.some(({ what }) => what === "state")) {
    return (
      <span data-testid="run-state" className={cn("text-warn", className)}>
        unreadable
      </span>
    );
  }
  const wasRunning = sinceMs !== null && state === "running";
  return (
    <span
      data-testid="run-state"
      className={cn(
        "inline-flex items-center gap-1.5 whitespace-nowrap",
        wasRunning ? "text-faint" : looks[state],
        className,
      )}
      title={wasRunning ? `Running when the hub was last heard, at ${formatClock(sinceMs, Date.now())}` : undefined}
    >
      {state === "running" && !wasRunning ? (
        <span aria-hidden className="size-1.5 animate-pulse rounded-full bg-good" />
      ) : null}
      {wasRunning ? "was running" : state}
    </span>
  );
}

/** How many runs of a project run, as far as is known. */
export function RunningCount({ running, none }: { running: number; none?: string }) {
  const sinceMs = useOfflineSince();
  if (running === 0) return <span className="text-faint">{none}</span>;
  return sinceMs === null ? (
    <span className="text-good">{formatCount(running)} running</span>
  ) : (
    <span className="text-faint">
      {formatCount(running)} running at {formatClock(sinceMs, Date.now())}
    </span>
  );
}
