"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { toast } from "sonner";
import { useLive } from "../live/live-provider";
import { refreshAlerts, takeAlert } from "./alert-cache";

/** Says at once what has been raised, on whatever page one is. */
export function AlertToasts() {
  const connection = useLive();
  const client = useQueryClient();
  const router = useRouter();
  useEffect(() => connection.onReconnected(() => refreshAlerts(client)), [connection, client]);
  useEffect(
    () =>
      connection.onAlert((alert, isNew) => {
        if (!isNew) {
          takeAlert(client, alert);
          return;
        }
        refreshAlerts(client);
        const look = alert.level === "info" ? toast.info : alert.level === "warning" ? toast.warning : toast.error;
        look(alert.title, {
          id: alert.id,
          description: `${alert.run.project} / ${alert.run.name}`,
          duration: 10_000,
          action: { label: "Show", onClick: () => router.push(alert.path) },
        });
      }),
    [connection, client, router],
  );
  return null;
}
