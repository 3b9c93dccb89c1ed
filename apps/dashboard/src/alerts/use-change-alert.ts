import type { Alert, AlertPatch } from "@tailbone/protocol/rules";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type AlertList, patchAlert } from "../api/alert-calls";
import { queries } from "../api/queries";
import { CHANGING, putAlert } from "./alert-cache";
import { applyPatch } from "./apply-patch";

interface Change {
  alert: Alert;
  patch: AlertPatch;
}

/** Changes an alert at once; takes it back when the hub refuses, which a toast says. */
export function useChangeAlert(): (alert: Alert, patch: AlertPatch) => void {
  const client = useQueryClient();
  const { data: me } = useQuery(queries.me);
  const by = me?.user?.name ?? "you";
  const count = (change: number): void => {
    client.setQueryData<AlertList>(
      queries.unread.queryKey,
      (known) => known && { ...known, unread: Math.max(0, known.unread + change) },
    );
  };
  const { mutate } = useMutation({
    mutationKey: CHANGING,
    // One after the other: the hub's answer to the first must not undo what the second has shown.
    scope: { id: "alerts" },
    mutationFn: ({ alert, patch }: Change) => patchAlert(alert.id, patch),
    onMutate: async ({ alert, patch }) => {
      await client.cancelQueries({ queryKey: ["alerts"] });
      putAlert(client, applyPatch(alert, patch, { by, nowMs: Date.now() }));
      if (patch.read !== undefined) count(patch.read ? -1 : 1);
    },
    onError: (_error, { alert }) => putAlert(client, alert),
    onSuccess: (alert) => {
      if (client.isMutating({ mutationKey: CHANGING }) === 1) putAlert(client, alert);
    },
    onSettled: () => client.invalidateQueries(queries.unread),
  });
  return (alert, patch) => mutate({ alert, patch });
}
