import type { Alert } from "@tailbone/protocol/rules";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../api/queries";
import { formatClock } from "../../format/time";
import { Ago } from "../../ui/ago";

/** What has become of an alert: who acknowledged it, to whom it is assigned, until when it is snoozed. */
export function AlertStanding({ alert, now }: { alert: Alert; now: number | null }) {
  const { acknowledgedAtMs, acknowledgedBy, assignedTo, snoozedUntilMs } = alert;
  const { data } = useQuery({ ...queries.members, enabled: assignedTo !== null });
  const isSnoozed = now !== null && snoozedUntilMs !== null && snoozedUntilMs > now;
  if (acknowledgedAtMs === null && assignedTo === null && !isSnoozed) return null;
  const assignee = data?.members.find(({ id }) => id === assignedTo)?.name;
  return (
    <p className="flex flex-wrap gap-x-3 text-faint text-xs">
      {acknowledgedAtMs === null ? null : (
        <span>
          acknowledged{acknowledgedBy === null ? "" : ` by ${acknowledgedBy}`}{" "}
          <Ago timeMs={acknowledgedAtMs} now={now} />
        </span>
      )}
      {assignedTo === null ? null : <span>assigned to {assignee ?? "…"}</span>}
      {isSnoozed ? <span>snoozed until {formatClock(snoozedUntilMs, now)}</span> : null}
    </p>
  );
}
