import type { Channel } from "@tailbone/protocol/rules";
import { useMutation } from "@tanstack/react-query";
import { testChannel } from "../../api/alert-calls";
import { Button } from "../../ui/button";
import { CHANNEL_TYPES } from "./channel-form";

export interface ChannelRowProps {
  channel: Channel;
  canChange: boolean;
  onDelete: () => void;
}

export function ChannelRow({ channel, canChange, onDelete }: ChannelRowProps) {
  const { id, name, type, address } = channel;
  const test = useMutation({ mutationFn: () => testChannel(id) });
  return (
    <li data-testid="channel" className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-3">
      <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
        <p className="flex items-baseline gap-3">
          <span className="min-w-0 truncate font-medium">{name}</span>
          <span className="shrink-0 text-faint text-xs">{CHANNEL_TYPES[type]}</span>
        </p>
        <p className="break-all text-soft text-xs">{address}</p>
        <p role="status" className="text-xs">
          {test.data === undefined ? null : test.data.error === null ? (
            <span className="text-good">The test was delivered.</span>
          ) : (
            <span className="text-bad">The test was not delivered: {test.data.error}</span>
          )}
        </p>
      </div>
      {canChange ? (
        <div className="flex shrink-0 gap-1">
          <Button
            size="small"
            aria-label={`Send a test to ${name}`}
            disabled={test.isPending}
            onClick={() => test.mutate()}
          >
            {test.isPending ? "Sending …" : "Send a test"}
          </Button>
          <Button look="remove" size="small" aria-label={`Delete ${name}`} onClick={onDelete}>
            Delete
          </Button>
        </div>
      ) : null}
    </li>
  );
}
