import type { Alert } from "@tailbone/protocol/rules";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useQueryStates } from "nuqs";
import { useEffect, useRef, useState } from "react";
import { queries } from "../../api/queries";
import { alertsUrl } from "../../page-state/urls";
import { usePageKeys } from "../../ui/use-page-keys";
import { useChangeAlert } from "../use-change-alert";
import { groupAlerts, moveTo } from "./group-alerts";
import { snoozeUntil } from "./snooze";

const nobody: ReadonlySet<string> = new Set();

/** The inbox as it is shown, which alert of it is selected, and its keys. */
export function useInbox() {
  const router = useRouter();
  const [{ which, alert: selected }, setUrl] = useQueryStates(alertsUrl, { history: "replace" });
  const query = useQuery(queries.alerts(null, which));
  const change = useChangeAlert();
  const [readHere, setReadHere] = useState(nobody);
  const [isAssigning, setAssigning] = useState(false);
  // What the keys act on: two of them in a quick row must not meet the selection as it was drawn before the first.
  const latest = useRef(selected);
  useEffect(() => {
    latest.current = selected;
  }, [selected]);

  const groups = groupAlerts(query.data?.alerts ?? [], readHere);
  const alerts = groups.flatMap((group) => group.alerts);
  const current = alerts.find(({ id }) => id === selected);

  function select(alert: Alert): void {
    setAssigning(false);
    latest.current = alert.id;
    void setUrl({ alert: alert.id });
    if (alert.readAtMs !== null) return;
    setReadHere((before) => new Set([...before, alert.id]));
    change(alert, { read: true });
  }
  function move(by: 1 | -1): void {
    const next = moveTo(alerts, latest.current, by);
    if (next === undefined) return;
    select(next);
    // So that Tab goes on to what one does with it, and a screen reader reads it out.
    document.querySelector<HTMLElement>(`#alert-${next.id} button`)?.focus({ preventScroll: true });
  }
  const withCurrent = (act: (alert: Alert) => void) => (): void => {
    const alert = alerts.find(({ id }) => id === latest.current);
    if (alert !== undefined) act(alert);
  };
  const open = withCurrent(({ path }) => router.push(path));

  const next = (): void => move(1);
  const previous = (): void => move(-1);
  usePageKeys({
    j: next,
    ArrowDown: next,
    k: previous,
    ArrowUp: previous,
    e: withCurrent((alert) => change(alert, { acknowledged: alert.acknowledgedAtMs === null })),
    s: withCurrent((alert) => change(alert, { snoozedUntilMs: snoozeUntil("1 hour", Date.now()) })),
    a: withCurrent(() => setAssigning(true)),
    u: withCurrent((alert) => change(alert, { read: alert.readAtMs === null })),
    Enter: open,
  });

  useEffect(() => {
    if (selected === null) return;
    const row = document.getElementById(`alert-${selected}`);
    row?.scrollIntoView({ block: "nearest" });
  }, [selected]);

  return {
    query,
    which,
    groups,
    current,
    change,
    select,
    open,
    isAssigning,
    setAssigning,
    show: (next: typeof which) => {
      setReadHere(nobody);
      void setUrl({ which: next, alert: null });
    },
  };
}
