import { runPath } from "@tailbone/protocol/page-paths";
import type { RuleCreate } from "@tailbone/protocol/rules";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { replayRule } from "../../api/alert-calls";
import { formatPlural, formatStep } from "../../format/number";
import { Button } from "../../ui/button";
import { UnreadableNotice } from "../../ui/unreadable";

/** What a rule would have raised in the past. `withRule` hands over the rule as it stands, once it is whole. */
export function Replay({ withRule }: { withRule: (use: (rule: RuleCreate) => void) => void }) {
  const replay = useMutation({ mutationFn: replayRule });
  const { data } = replay;
  return (
    <div className="grid gap-2">
      <div>
        <Button size="small" disabled={replay.isPending} onClick={() => withRule((rule) => replay.mutate(rule))}>
          {replay.isPending ? "Replaying …" : "Replay over the last 20 runs"}
        </Button>
      </div>
      <div role="status" className="grid gap-1">
        {data === undefined ? null : (
          <p>
            {data.runs === 0
              ? "There are no runs yet to replay it over."
              : `Would have fired ${formatPlural(data.fired, "time")} in the last ${formatPlural(data.runs, "run")}${
                  data.firedRuns > 1 ? `, in ${data.firedRuns} of them` : ""
                }.`}
          </p>
        )}
        <UnreadableNotice items={data?.unreadable ?? []} />
        {data === undefined || data.alerts.length === 0 ? null : (
          <ul className="max-h-48 overflow-y-auto rounded-md border border-line px-3 py-1.5">
            {data.alerts.map(({ run, title, step }) => (
              <li key={`${run.id} ${title} ${step}`} className="flex flex-wrap gap-x-3 py-0.5">
                <Link href={runPath(run.id)} prefetch={false} className="rounded font-medium hover:text-accent">
                  {run.name}
                </Link>
                <span className="text-soft">{title}</span>
                {step === null ? null : <span className="ml-auto text-faint text-xs">step {formatStep(step)}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
