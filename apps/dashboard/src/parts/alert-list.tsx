"use client";
import type { Alert } from "@tailbone/protocol/rules";
import Link from "next/link";
import { Ago } from "../ui/ago";
import { UnreadableMark } from "../ui/unreadable";
import { useNow } from "../ui/use-now";
import { LevelWord } from "./alert-level";
import { sayEvidence, saySteps } from "./alert-words";

/** Alerts, the newest first; each leads to the page that shows what it tells of. */
export function AlertList({ alerts }: { alerts: readonly Alert[] }) {
  const now = useNow(10_000);
  return (
    <ul className="divide-y divide-line">
      {alerts.map((alert) => (
        <li key={alert.id} data-testid="alert" className="grid max-w-3xl gap-0.5 px-4 py-3">
          <p className="flex items-baseline gap-3">
            <LevelWord level={alert.level} />
            <Link href={alert.path} prefetch={false} className="rounded font-medium hover:text-accent">
              {alert.title}
            </Link>
            <UnreadableMark items={alert.unreadable} />
            <span className="ml-auto shrink-0 text-faint text-xs">
              {saySteps(alert) === null ? null : `${saySteps(alert)} · `}
              <Ago timeMs={alert.timeMs} now={now} />
            </span>
          </p>
          {sayEvidence(alert) === "" ? null : <p className="whitespace-pre-wrap text-soft">{sayEvidence(alert)}</p>}
        </li>
      ))}
    </ul>
  );
}
