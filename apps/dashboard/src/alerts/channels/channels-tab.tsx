import type { Channel } from "@tailbone/protocol/rules";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createChannel, deleteChannel } from "../../api/alert-calls";
import { queries } from "../../api/queries";
import { Unread } from "../../parts/unread";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { EmptyNotice } from "../../ui/notice";
import { UnreadableRow } from "../../ui/unreadable";
import { ChannelForm } from "./channel-form";
import { ChannelRow } from "./channel-row";
import { WebhookHelp } from "./webhook-help";

/** Where alerts are sent. Admins and owners change them. */
export function ChannelsTab() {
  const client = useQueryClient();
  const me = useQuery(queries.me);
  const channels = useQuery(queries.channels);
  const [isAdding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Pick<Channel, "id" | "name"> | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: queries.channels.queryKey });
  const create = useMutation({
    mutationFn: createChannel,
    onSuccess: () => {
      setAdding(false);
      return refresh();
    },
  });
  const remove = useMutation({ mutationFn: deleteChannel, onSettled: refresh });
  if (channels.data === undefined || me.data === undefined) return <Unread of={[channels, me]} shape={3} />;
  const { channels: list, unreadable } = channels.data;
  const { role } = me.data.team;
  const canChange = role === "owner" || role === "admin";
  return (
    <div className="max-w-4xl">
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-2">
        <p className="text-soft">
          Where alerts are sent besides the inbox. {canChange ? "" : "Admins and owners of the team change them."}
        </p>
        {canChange ? (
          <Button size="small" look="primary" onClick={() => setAdding(true)}>
            Add a channel
          </Button>
        ) : null}
      </div>
      {list.length + unreadable.length === 0 ? (
        <EmptyNotice title="There are no channels." className="border-line border-t px-4">
          <p>Alerts are shown in the inbox only. A channel is a webhook, Slack, Discord or e-mail.</p>
        </EmptyNotice>
      ) : (
        <ul className="divide-y divide-line border-line border-y">
          {list.map((channel) => (
            <ChannelRow key={channel.id} channel={channel} canChange={canChange} onDelete={() => setAsked(channel)} />
          ))}
          {unreadable.map((item) => (
            <UnreadableRow key={item.id} item={item}>
              {canChange ? (
                <Button
                  look="quiet"
                  size="small"
                  className="hover:text-bad"
                  aria-label={`Delete ${item.name}`}
                  onClick={() => setAsked(item)}
                >
                  Delete
                </Button>
              ) : null}
            </UnreadableRow>
          ))}
        </ul>
      )}
      {list.some(({ type }) => type === "webhook") ? (
        <div className="px-4 py-4">
          <WebhookHelp />
        </div>
      ) : null}
      <Dialog open={isAdding} onOpenChange={setAdding} title="Add a channel">
        <ChannelForm isSaving={create.isPending} onSave={(channel) => create.mutate(channel)} />
      </Dialog>
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={`Delete ${asked?.name ?? "the channel"}?`}
        description="Rules tell it nothing more. Its deliveries go with it, also those still on their way."
        action="Delete it"
        onConfirm={() => asked !== null && remove.mutate(asked.id)}
      />
    </div>
  );
}
