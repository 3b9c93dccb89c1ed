import type { Delivery } from "@tailbone/protocol/rules";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Clock, X } from "lucide-react";
import type { ReactNode } from "react";
import { retryDelivery } from "../../api/alert-calls";
import { queries } from "../../api/queries";
import { formatCount } from "../../format/number";
import { Unread } from "../../parts/unread";
import { Ago } from "../../ui/ago";
import { Button } from "../../ui/button";
import { EmptyNotice } from "../../ui/notice";
import { Table } from "../../ui/table";
import { UnreadableNotice } from "../../ui/unreadable";
import { useNow } from "../../ui/use-now";

const REFRESH_MS = 5000;

const states: Readonly<Record<Delivery["state"], ReactNode>> = {
  pending: (
    <span className="inline-flex items-center align-middle gap-1.5 text-soft">
      <Clock aria-hidden className="size-3.5" /> pending
    </span>
  ),
  delivered: (
    <span className="inline-flex items-center align-middle gap-1.5 text-good">
      <Check aria-hidden className="size-3.5" /> delivered
    </span>
  ),
  dead: (
    <span className="inline-flex items-center align-middle gap-1.5 font-medium text-bad">
      <X aria-hidden className="size-3.5" /> dead
    </span>
  ),
};

/** The newest attempts to tell somebody, and what came of them. */
export function DeliveriesTab() {
  const client = useQueryClient();
  const query = useQuery({ ...queries.deliveries, refetchInterval: REFRESH_MS });
  const { data } = query;
  const now = useNow(10_000);
  const retry = useMutation({
    mutationFn: retryDelivery,
    onSettled: () => client.invalidateQueries({ queryKey: queries.deliveries.queryKey }),
  });
  if (data === undefined) return <Unread of={[query]} shape={8} />;
  if (data.deliveries.length + data.unreadable.length === 0) {
    return (
      <EmptyNotice title="There are no deliveries." className="px-4">
        <p>Each time a rule tells a channel of an alert, what came of it stands here.</p>
      </EmptyNotice>
    );
  }
  return (
    <>
      <UnreadableNotice items={data.unreadable} className="mx-4 my-2" />
      <Table label="Deliveries" heads={["State", "Alert", "Channel", { number: "Attempts" }, "When", "Error"]}>
        {data.deliveries.map((delivery) => (
          <tr key={delivery.id} data-testid="delivery" data-state={delivery.state}>
            <td>
              {states[delivery.state]}
              {delivery.state === "dead" ? (
                <Button
                  size="small"
                  className="ml-2 h-6"
                  aria-label={`Try again to tell ${delivery.channel.name} of ${delivery.alert.title}`}
                  disabled={retry.isPending}
                  onClick={() => retry.mutate(delivery.id)}
                >
                  Try again
                </Button>
              ) : null}
            </td>
            <td className="max-w-96 truncate font-medium">{delivery.alert.title}</td>
            <td>{delivery.channel.name}</td>
            <td className="text-right tabular-nums">{formatCount(delivery.attempts)}</td>
            <td className="text-soft">
              <Ago timeMs={delivery.deliveredAtMs ?? delivery.createdAtMs} now={now} />
            </td>
            <td className="max-w-96 truncate text-soft" title={delivery.error ?? undefined}>
              {delivery.error}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
