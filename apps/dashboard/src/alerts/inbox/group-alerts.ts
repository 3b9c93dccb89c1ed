import type { Alert } from "@tailbone/protocol/rules";

export interface AlertGroup {
  readonly run: Alert["run"];
  readonly alerts: readonly Alert[];
}

/**
 * Alerts by run: in each run the unread ones first, then the newest; runs with unread ones first, then those with the
 * newest. `keptUnread`: ids of those that keep their place though they have been read since.
 */
export function groupAlerts(alerts: readonly Alert[], keptUnread: ReadonlySet<string> = new Set()): AlertGroup[] {
  const isUnread = ({ id, readAtMs }: Alert): boolean => readAtMs === null || keptUnread.has(id);
  const compare = (a: Alert, b: Alert): number => Number(isUnread(b)) - Number(isUnread(a)) || b.timeMs - a.timeMs;
  const groups = new Map<string, { run: Alert["run"]; alerts: Alert[] }>();
  // The first alert of a run is its foremost, and so a run stands where its foremost alert stands.
  for (const alert of alerts.toSorted(compare)) {
    const group = groups.get(alert.run.id);
    if (group === undefined) groups.set(alert.run.id, { run: alert.run, alerts: [alert] });
    else group.alerts.push(alert);
  }
  return [...groups.values()];
}

/** The alert `by` places further, from the first one when none is selected; it stops at the ends. */
export function moveTo(alerts: readonly Alert[], selected: string | null, by: 1 | -1): Alert | undefined {
  const at = alerts.findIndex(({ id }) => id === selected);
  return at < 0 ? alerts[0] : alerts[Math.min(alerts.length - 1, Math.max(0, at + by))];
}
