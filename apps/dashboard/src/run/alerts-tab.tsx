"use client";
import type { AlertLevel } from "@tailbone/protocol/records";
import { useQuery } from "@tanstack/react-query";
import { toTailboneError } from "../api/client";
import { queries } from "../api/queries";
import { formatStep } from "../format/number";
import { Ago } from "../ui/ago";
import { cn } from "../ui/cn";
import { EmptyNotice, ErrorNotice } from "../ui/notice";
import { TableSkeleton } from "../ui/table";
import { useNow } from "../ui/use-now";

const looks: Record<AlertLevel, string> = { info: "text-soft", warning: "text-warn", error: "text-bad" };

/** What the script and the team's rules have raised. */
export function AlertsTab({ run }: { run: string }) {
  const { data, error, refetch } = useQuery(queries.alerts(run));
  const now = useNow(10_000);
  if (data === undefined) {
    return error === null ? (
      <TableSkeleton rows={3} />
    ) : (
      <ErrorNotice error={toTailboneError(error)} onRetry={() => void refetch()} className="m-4" />
    );
  }
  if (data.alerts.length === 0) {
    return (
      <EmptyNotice title="No alerts." className="px-4">
        <p>
          The script raises one with <code className="font-mono text-ink">{"run.alert({ title, text, level })"}</code>.
        </p>
      </EmptyNotice>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {data.alerts.map(({ id, title, text, level, step, timeMs }) => (
        <li key={id} className="grid max-w-3xl gap-0.5 px-4 py-3">
          <p className="flex items-baseline gap-3">
            <span className={cn("text-xs", looks[level])}>{level}</span>
            <span className="font-medium">{title}</span>
            <span className="ml-auto text-faint text-xs">
              {step === null ? null : `step ${formatStep(step)} · `}
              <Ago timeMs={timeMs} now={now} />
            </span>
          </p>
          {text === "" ? null : <p className="whitespace-pre-wrap text-soft">{text}</p>}
        </li>
      ))}
    </ul>
  );
}
