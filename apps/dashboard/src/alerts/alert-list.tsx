"use client";
import type { AlertLevel } from "@tailbone/protocol/records";
import type { Alert } from "@tailbone/protocol/rules";
import Link from "next/link";
import { formatStep } from "../format/number";
import { Ago } from "../ui/ago";
import { cn } from "../ui/cn";
import { useNow } from "../ui/use-now";

const looks: Record<AlertLevel, string> = { info: "text-soft", warning: "text-warn", error: "text-bad" };

/** The evidence says what has happened too. */
const saying = ({ text, evidence }: Alert): string => (evidence === "" ? text : evidence);

/** Alerts, the newest first; each leads to the page that shows what it tells of. */
export function AlertList({ alerts, withRun = false }: { alerts: readonly Alert[]; withRun?: boolean }) {
  const now = useNow(10_000);
  return (
    <ul className="divide-y divide-line">
      {alerts.map((alert) => (
        <li key={alert.id} data-testid="alert" className="grid max-w-3xl gap-0.5 px-4 py-3">
          <p className="flex items-baseline gap-3">
            <span className={cn("text-xs", looks[alert.level])}>{alert.level}</span>
            <Link href={alert.path} prefetch={false} className="rounded font-medium hover:text-accent">
              {alert.title}
            </Link>
            {withRun ? (
              <span className="truncate text-faint text-xs">
                {alert.run.project} / {alert.run.name}
              </span>
            ) : null}
            <span className="ml-auto shrink-0 text-faint text-xs">
              {alert.step === null ? null : `step ${formatStep(alert.step)} · `}
              <Ago timeMs={alert.timeMs} now={now} />
            </span>
          </p>
          {saying(alert) === "" ? null : <p className="whitespace-pre-wrap text-soft">{saying(alert)}</p>}
        </li>
      ))}
    </ul>
  );
}
