import type { Alert } from "@tailbone/protocol/rules";
import type { QueryClient } from "@tanstack/react-query";
import type { AlertList } from "../api/alert-calls";
import { queries } from "../api/queries";

/** Under which the changes of alerts run. */
export const CHANGING = ["alert"];

/**
 * Puts an alert in the place of what is known of it. It stays in the lists it is in: what one has just read does not
 * vanish.
 */
export function putAlert(client: QueryClient, alert: Alert): void {
  client.setQueriesData<AlertList>(
    { queryKey: ["alerts"] },
    (known) => known && { ...known, alerts: known.alerts.map((one) => (one.id === alert.id ? alert : one)) },
  );
}

/** An alert as the hub has it now. While one changes alerts oneself, what the hub says may lie behind that. */
export function takeAlert(client: QueryClient, alert: Alert): void {
  if (client.isMutating({ mutationKey: CHANGING }) > 0) return;
  putAlert(client, alert);
  void client.invalidateQueries(queries.unread);
}

export function refreshAlerts(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ["alerts"] });
  void client.invalidateQueries(queries.unread);
}
