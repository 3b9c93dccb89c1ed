import type { Alert } from "@tailbone/protocol/rules";
import Link from "next/link";
import type { ReactNode } from "react";
import { LifeStrips } from "../../life/life-strips";
import { LevelWord } from "../../parts/alert-level";
import { sayEvidence, saySteps, saySwallowed } from "../../parts/alert-words";
import { Ago } from "../../ui/ago";
import { cn } from "../../ui/cn";
import { UnreadableMark } from "../../ui/unreadable";
import { AlertStanding } from "./alert-standing";
import type { AlertLife } from "./run-lives";

export interface AlertRowProps {
  alert: Alert;
  life: AlertLife | null;
  now: number | null;
  isSelected: boolean;
  onSelect: () => void;
  onOpen: () => void;
  /** What one does with it, shown while it is selected. */
  children: ReactNode;
}

/** One alert: what, where, between which steps, on what evidence, when, and what has become of it. */
export function AlertRow({ alert, life, now, isSelected, onSelect, onOpen, children }: AlertRowProps) {
  const { id, title, level, feature, timeMs, path } = alert;
  const isUnread = alert.readAtMs === null;
  const steps = saySteps(alert);
  const evidence = sayEvidence(alert);
  return (
    <li
      id={`alert-${id}`}
      data-testid="alert"
      data-selected={isSelected || undefined}
      className={cn("relative grid scroll-mt-8 gap-1 py-2.5 pr-4 pl-8", isSelected && "bg-accent-soft")}
    >
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        {isUnread ? (
          <span
            role="img"
            aria-label="unread"
            title="Unread"
            className="absolute top-4 left-4 size-1.5 rounded-full bg-accent"
          />
        ) : null}
        <LevelWord level={level} className="w-12" />
        <button
          type="button"
          aria-expanded={isSelected}
          onClick={onSelect}
          onDoubleClick={onOpen}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !isSelected) return;
            event.preventDefault();
            onOpen();
          }}
          className={cn("min-w-0 rounded text-left hover:text-accent", isUnread ? "font-semibold" : "font-medium")}
        >
          {title}
        </button>
        <UnreadableMark items={alert.unreadable} />
        {life === null ? null : <LifeStrips lives={[life.strip]} lastStep={life.lastStep} />}
        <span className="ml-auto flex shrink-0 flex-wrap gap-x-3 text-faint text-xs max-sm:ml-0 max-sm:w-full">
          {feature === null || life !== null ? null : <span>feature {feature}</span>}
          {steps === null ? null : <span>{steps}</span>}
          <Ago timeMs={timeMs} now={now} />
        </span>
      </div>
      {evidence === "" ? null : (
        <p className={cn("max-w-4xl whitespace-pre-wrap text-soft", !isSelected && "line-clamp-2")}>{evidence}</p>
      )}
      {alert.swallowed === 0 ? null : <p className="text-soft text-xs">{saySwallowed(alert)}</p>}
      <AlertStanding alert={alert} now={now} />
      {isSelected ? (
        <div className="mt-1 flex flex-wrap items-center gap-1.5">
          {children}
          <Link href={path} prefetch={false} className="ml-1 rounded text-accent text-xs hover:underline">
            Show it in the run
          </Link>
        </div>
      ) : null}
    </li>
  );
}
