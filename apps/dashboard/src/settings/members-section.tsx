import type { memberInvitedSchema } from "@tailbone/protocol/http";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { inviteMember } from "../api/calls";
import { toTailboneError } from "../api/client";
import { queries } from "../api/queries";
import { formatClock } from "../format/time";
import { Ago } from "../ui/ago";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { Input } from "../ui/input";
import { ErrorNotice } from "../ui/notice";
import { Table, TableSkeleton } from "../ui/table";
import { useNow } from "../ui/use-now";
import { OnceOnly, Section } from "./section";

export interface MembersSectionProps {
  team: string;
  canInvite: boolean;
  /** Id of who looks. */
  self: string | null;
}

/** Who has an account already is sent to the sign-in page, anybody else by a link that signs in. */
function aboutLink({ link, member, expiresAtMs }: z.infer<typeof memberInvitedSchema>): string {
  return new URL(link).pathname === "/sign-in"
    ? `${member.name} has an account already, and joins the team by signing in here:`
    : `Send this link to ${member.name}. It signs in once, until ${formatClock(expiresAtMs, Date.now())}.`;
}

export function MembersSection({ team, canInvite, self }: MembersSectionProps) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(queries.members);
  const now = useNow(10_000);
  const invite = useMutation({
    mutationFn: inviteMember,
    onSuccess: () => client.invalidateQueries({ queryKey: queries.members.queryKey }),
  });
  return (
    <Section title="Members" about={`Who belongs to ${team}: everybody sees all of its projects.`}>
      {canInvite ? (
        <form
          className="flex flex-wrap gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const form = event.currentTarget;
            const values = new FormData(form);
            invite.mutate(
              { name: String(values.get("name")), email: String(values.get("email")) },
              { onSuccess: () => form.reset() },
            );
          }}
        >
          <Input name="name" aria-label="Name" placeholder="Name" maxLength={128} required className="w-44" />
          <Input name="email" type="email" aria-label="E-mail" placeholder="E-mail" required className="w-60" />
          <Button type="submit" disabled={invite.isPending}>
            Invite
          </Button>
        </form>
      ) : null}
      {invite.data === undefined ? null : (
        <OnceOnly text={invite.data.link} about={aboutLink(invite.data)}>
          <CopyButton text={invite.data.link} />
        </OnceOnly>
      )}
      {data === undefined ? (
        error === null ? (
          <TableSkeleton rows={2} />
        ) : (
          <ErrorNotice error={toTailboneError(error)} onRetry={() => void refetch()} />
        )
      ) : (
        <Table label="Members">
          <thead>
            <tr>
              <th>Name</th>
              <th>E-mail</th>
              <th>Role</th>
              <th>Joined</th>
            </tr>
          </thead>
          <tbody>
            {data.members.map(({ id, name, email, role, joinedAtMs }) => (
              <tr key={id}>
                <td className="font-medium">
                  {name}
                  {id === self ? <span className="ml-1.5 font-normal text-faint">you</span> : null}
                </td>
                <td className="text-soft">{email}</td>
                <td className="text-soft">{role}</td>
                <td className="text-soft">
                  <Ago timeMs={joinedAtMs} now={now} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}
