import type { Key } from "@tailbone/protocol/http";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createKey, revokeKey } from "../api/calls";
import { toTailboneError } from "../api/client";
import { queries } from "../api/queries";
import { Ago } from "../ui/ago";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { Confirm } from "../ui/dialog";
import { Input } from "../ui/input";
import { ErrorNotice } from "../ui/notice";
import { Table, TableSkeleton } from "../ui/table";
import { useNow } from "../ui/use-now";
import { OnceOnly, Section } from "./section";

export function KeysSection({ canRevoke }: { canRevoke: boolean }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(queries.keys);
  const now = useNow(10_000);
  const [asked, setAsked] = useState<Key | null>(null);
  const refresh = (): void => void client.invalidateQueries({ queryKey: queries.keys.queryKey });
  const create = useMutation({ mutationFn: createKey, onSuccess: refresh });
  const revoke = useMutation({ mutationFn: revokeKey, onSettled: refresh });
  return (
    <Section
      title="API keys"
      about="With a key, scripts log into this team and read from it. The hub keeps only its hash."
    >
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          create.mutate(String(new FormData(form).get("name")), { onSuccess: () => form.reset() });
        }}
      >
        <Input
          name="name"
          aria-label="Name of the new key"
          placeholder="Where it is used: gpu-box, ci …"
          maxLength={64}
          required
          className="max-w-64"
        />
        <Button type="submit" disabled={create.isPending}>
          Create a key
        </Button>
      </form>
      {create.data === undefined ? null : (
        <OnceOnly text={create.data.secret} about={`The key “${create.data.name}” is shown this once: copy it now.`}>
          <CopyButton text={create.data.secret} />
        </OnceOnly>
      )}
      {data === undefined ? (
        error === null ? (
          <TableSkeleton rows={3} />
        ) : (
          <ErrorNotice error={toTailboneError(error)} onRetry={() => void refetch()} />
        )
      ) : data.keys.length === 0 ? (
        <p className="text-faint">No keys.</p>
      ) : (
        <Table label="API keys">
          <thead>
            <tr>
              <th>Name</th>
              <th>Begins with</th>
              <th>Created</th>
              <th>Last used</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {data.keys.map((key) => (
              <tr key={key.id}>
                <td className="font-medium">{key.name}</td>
                <td>
                  <code className="font-mono text-xs">{key.start}…</code>
                </td>
                <td className="text-soft">
                  <Ago timeMs={key.createdAtMs} now={now} />
                </td>
                <td className="text-soft">
                  {key.lastUsedAtMs === null ? "never" : <Ago timeMs={key.lastUsedAtMs} now={now} />}
                </td>
                <td className="text-right">
                  {canRevoke ? (
                    <Button look="quiet" size="small" className="hover:text-bad" onClick={() => setAsked(key)}>
                      Revoke
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={`Revoke ${asked?.name ?? "the key"}?`}
        description="Scripts that use it are cut off at once; what they log stays on their disks until they have another key."
        action="Revoke it"
        onConfirm={() => asked !== null && revoke.mutate(asked.id)}
      />
    </Section>
  );
}
