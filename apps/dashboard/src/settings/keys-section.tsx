import { KEY_SCOPES, type Key, type KeyCreate, type KeyScope } from "@tailbone/protocol/access";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createKey, revokeKey } from "../api/access-calls";
import { queries } from "../api/queries";
import { formatDay } from "../format/time";
import { Unread } from "../parts/unread";
import { Ago } from "../ui/ago";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { Confirm } from "../ui/dialog";
import { FormCheck, FormChecks, FormField, FormSelect } from "../ui/form-parts";
import { Table } from "../ui/table";
import { UnreadableNotice } from "../ui/unreadable";
import { useNow } from "../ui/use-now";
import { OnceOnly, Section } from "./section";

const SCOPES: Readonly<Record<KeyScope, string>> = {
  ingest: "log runs",
  read: "read them",
  admin: "change and delete them",
};
const DAY_MS = 24 * 60 * 60 * 1000;
const TERMS = [30, 90, 365] as const;

function readWanted(form: FormData): KeyCreate {
  const project = String(form.get("project"));
  const days = Number(form.get("days"));
  return {
    name: String(form.get("name")),
    scopes: KEY_SCOPES.filter((scope) => form.get(scope) !== null),
    project: project === "" ? null : project,
    expiresAtMs: days === 0 ? null : Date.now() + days * DAY_MS,
  };
}

export interface KeysSectionProps {
  canMake: boolean;
  /** Anybody's; one revokes one's own in any case. */
  canRevoke: boolean;
  /** Id of who looks. */
  self: string | null;
}

export function KeysSection({ canMake, canRevoke, self }: KeysSectionProps) {
  const client = useQueryClient();
  const query = useQuery(queries.keys);
  const { data } = query;
  const { data: projects } = useQuery(queries.projects);
  const now = useNow(10_000);
  const [asked, setAsked] = useState<Key | null>(null);
  const refresh = (): void => void client.invalidateQueries({ queryKey: queries.keys.queryKey });
  const create = useMutation({ mutationFn: createKey, onSuccess: refresh });
  const revoke = useMutation({ mutationFn: revokeKey, onSettled: refresh });
  return (
    <Section
      title="API keys"
      about="With a key, scripts do what its scope says, and no more. It goes with whoever made it. The hub keeps only its hash."
    >
      <UnreadableNotice items={data?.unreadable ?? []} />
      {canMake ? (
        <form
          className="grid gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            const form = event.currentTarget;
            create.mutate(readWanted(new FormData(form)), { onSuccess: () => form.reset() });
          }}
        >
          <div className="grid gap-3 sm:grid-cols-3">
            <FormField
              label="Name of the new key"
              name="name"
              placeholder="Where it is used: gpu-box, ci …"
              maxLength={64}
              required
            />
            <FormSelect
              label="Project"
              name="project"
              options={[["", "All projects"], ...(projects?.projects ?? []).map(({ id, name }) => [id, name] as const)]}
            />
            <FormSelect
              label="Expires"
              name="days"
              options={[["0", "Never"], ...TERMS.map((days) => [days, `In ${days} days`] as const)]}
            />
          </div>
          <FormChecks label="It may">
            {KEY_SCOPES.map((scope) => (
              <FormCheck
                key={scope}
                name={scope}
                defaultChecked={scope !== "admin"}
                label={
                  <span>
                    {scope} <span className="text-faint">{SCOPES[scope]}</span>
                  </span>
                }
              />
            ))}
          </FormChecks>
          <div>
            <Button type="submit" disabled={create.isPending}>
              Create a key
            </Button>
          </div>
        </form>
      ) : null}
      {create.data === undefined ? null : (
        <OnceOnly text={create.data.secret} about={`The key “${create.data.name}” is shown this once: copy it now.`}>
          <CopyButton text={create.data.secret} />
        </OnceOnly>
      )}
      {data === undefined ? (
        <Unread of={[query]} shape={3} className="" />
      ) : data.keys.length === 0 ? (
        <p className="text-faint">No keys.</p>
      ) : (
        <Table
          label="API keys"
          heads={["Name", "Begins with", "May", "Project", "Created", "Expires", "Last used", ""]}
        >
          {data.keys.map((key) => (
            <tr key={key.id}>
              <td className="font-medium">{key.name}</td>
              <td>
                <code className="font-mono text-xs">{key.start}…</code>
              </td>
              <td className="text-soft">{key.scopes.join(", ")}</td>
              <td className="text-soft">{key.project?.name ?? "all"}</td>
              <td className="text-soft">
                <Ago timeMs={key.createdAtMs} now={now} />
                {key.createdBy === null ? null : <span className="text-faint"> by {key.createdBy.name}</span>}
              </td>
              <td className="text-soft">
                {key.expiresAtMs === null
                  ? "never"
                  : now !== null && key.expiresAtMs < now
                    ? "has expired"
                    : formatDay(key.expiresAtMs)}
              </td>
              <td className="text-soft">
                {key.lastUsedAtMs === null ? "never" : <Ago timeMs={key.lastUsedAtMs} now={now} />}
              </td>
              <td className="text-right">
                {canRevoke || (self !== null && key.createdBy?.id === self) ? (
                  <Button look="remove" size="small" onClick={() => setAsked(key)}>
                    Revoke
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
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
