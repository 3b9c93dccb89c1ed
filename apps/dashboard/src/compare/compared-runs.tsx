import { runPath } from "@tailbone/protocol/page-paths";
import type { RunDetail } from "@tailbone/protocol/run";
import { X } from "lucide-react";
import Link from "next/link";
import { RunDot, RunStateWord } from "../parts/run-state";
import { Button } from "../ui/button";

/** The runs that are compared, in the colours of their curves. */
export function ComparedRuns({ runs, onDrop }: { runs: readonly RunDetail[]; onDrop: (run: string) => void }) {
  return (
    <ul aria-label="Compared runs" className="flex flex-wrap gap-2 bg-panel px-4 py-3">
      {runs.map((run) => (
        <li key={run.id} className="flex min-w-0 items-center gap-2 rounded-md border border-line py-0.5 pr-0.5 pl-2">
          <RunDot run={run} />
          <Link href={runPath(run.id)} className="min-w-0 max-w-60 truncate rounded font-medium hover:text-accent">
            {run.name}
          </Link>
          <RunStateWord run={run} className="text-xs" />
          <Button
            look="quiet"
            size="icon"
            className="size-6"
            aria-label={`Leave ${run.name} out`}
            onClick={() => onDrop(run.id)}
          >
            <X />
          </Button>
        </li>
      ))}
    </ul>
  );
}
