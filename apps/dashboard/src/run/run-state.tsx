import type { Run, RunState } from "@tailbone/protocol/run";
import { cn } from "../ui/cn";
import { runColour } from "./run-colour";

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

/** What is known of the run, in a word. */
export const RunStateWord = ({ state, className }: { state: RunState; className?: string }) => (
  <span
    data-testid="run-state"
    className={cn("inline-flex items-center gap-1.5 whitespace-nowrap", looks[state], className)}
  >
    {state === "running" ? <span aria-hidden className="size-1.5 animate-pulse rounded-full bg-good" /> : null}
    {state}
  </span>
);
