import type { Alert, AlertPatch } from "@tailbone/protocol/rules";

/** The alert as it will be once the hub has taken the patch. */
export function applyPatch(
  alert: Alert,
  { read, acknowledged, snoozedUntilMs, assignedTo }: AlertPatch,
  { by, nowMs }: { by: string; nowMs: number },
): Alert {
  const at = (is: boolean): number | null => (is ? nowMs : null);
  return {
    ...alert,
    ...(read === undefined ? {} : { readAtMs: at(read) }),
    ...(acknowledged === undefined
      ? {}
      : { acknowledgedAtMs: at(acknowledged), acknowledgedBy: acknowledged ? by : null }),
    ...(snoozedUntilMs === undefined ? {} : { snoozedUntilMs }),
    ...(assignedTo === undefined ? {} : { assignedTo }),
  };
}
