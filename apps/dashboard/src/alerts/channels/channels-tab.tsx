import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createChannel, deleteChannel } from "../../api/alert-calls";
import { queries } from "../../api/queries";
import { isManager } from "../../api/standing";
import { Unread } from "../../parts/unread";
import { Dialog } from "../../ui/dialog";
import { KeptList } from "../kept-list";
import { ChannelForm } from "./channel-form";
import { ChannelRow } from "./channel-row";
import { WebhookHelp } from "./webhook-help";

/** Where alerts are sent. Admins and owners change them. */
export function ChannelsTab() {
  const client = useQueryClient();
  const me = useQuery(queries.me);
  const channels = useQuery(queries.channels);
  const [isAdding, setAdding] = useState(false);
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
  const canChange = isManager(me.data);
  return (
    <div className="max-w-4xl">
      <KeptList
        about={`Where alerts are sent besides the inbox. ${canChange ? "" : "Admins and owners of the team change them."}`}
        add={canChange ? { says: "Add a channel", act: () => setAdding(true) } : null}
        items={list}
        unreadable={unreadable}
        none={{
          title: "There are no channels.",
          says: "Alerts are shown in the inbox only. A channel is a webhook, Slack, Discord or e-mail.",
        }}
        row={(channel, onDelete) => (
          <ChannelRow key={channel.id} channel={channel} canChange={canChange} onDelete={onDelete} />
        )}
        asks={{
          title: (name) => `Delete ${name}?`,
          description: "Rules tell it nothing more. Its deliveries go with it, also those still on their way.",
        }}
        onDelete={remove.mutate}
      />
      {list.some(({ type }) => type === "webhook") ? (
        <div className="px-4 py-4">
          <WebhookHelp />
        </div>
      ) : null}
      <Dialog open={isAdding} onOpenChange={setAdding} title="Add a channel">
        <ChannelForm isSaving={create.isPending} onSave={(channel) => create.mutate(channel)} />
      </Dialog>
    </div>
  );
}
