import { type Invitation, type Member, ROLES, type Role } from "@tailbone/protocol/access";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeRole, inviteMember, removeMember, withdrawInvitation } from "../api/access-calls";
import { queries } from "../api/queries";
import { formatDay } from "../format/time";
import { Unread } from "../parts/unread";
import { Ago } from "../ui/ago";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { Confirm } from "../ui/dialog";
import { Input } from "../ui/input";
import { Table } from "../ui/table";
import { UnreadableNotice } from "../ui/unreadable";
import { useNow } from "../ui/use-now";
import { OnceOnly, Section } from "./section";

export interface MembersSectionProps {
  team: string;
  /** Of who looks. */
  role: Role | null;
  /** Id of who looks. */
  self: string | null;
}

export function MembersSection({ team, role, self }: MembersSectionProps) {
  const client = useQueryClient();
  const query = useQuery(queries.members);
  const { data } = query;
  const now = useNow(10_000);
  const [asked, setAsked] = useState<Member | null>(null);
  const refresh = (): void => void client.invalidateQueries({ queryKey: queries.members.queryKey });
  const invite = useMutation({ mutationFn: inviteMember, onSuccess: refresh });
  const withdraw = useMutation({ mutationFn: withdrawInvitation, onSettled: refresh });
  const remove = useMutation({ mutationFn: removeMember, onSettled: refresh });
  const change = useMutation({ mutationFn: changeRole, onSettled: refresh });
  const mayManage = role === "owner" || role === "admin";
  /** An admin changes no owner, and makes none. */
  const mayTouch = (member: Member): boolean => mayManage && (role === "owner" || member.role !== "owner");
  return (
    <Section
      title="Members"
      about={`Who belongs to ${team}: everybody sees all of its projects, and viewers change nothing.`}
    >
      <UnreadableNotice items={data?.unreadable ?? []} />
      {mayManage ? (
        <form
          className="flex flex-wrap gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const form = event.currentTarget;
            const typed = new FormData(form);
            const asked = { email: String(typed.get("email")), role: String(typed.get("role")) };
            invite.mutate(asked, { onSuccess: () => form.reset() });
          }}
        >
          <Input name="email" type="email" aria-label="E-mail" placeholder="E-mail" required className="w-60" />
          <select
            name="role"
            aria-label="Role"
            defaultValue="member"
            className="h-8 rounded-md border border-line-strong bg-panel px-2"
          >
            {ROLES.filter((one) => one !== "owner").map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
          <Button type="submit" disabled={invite.isPending}>
            Invite
          </Button>
        </form>
      ) : null}
      {invite.data === undefined ? null : invite.data.link === null ? (
        <p role="status" className="text-soft">
          The invitation is on its way to {invite.data.invitation.email}.
        </p>
      ) : (
        <OnceOnly
          text={invite.data.link}
          about={`Hand this link to ${invite.data.invitation.email}, and to nobody else: whoever opens it joins the team, once, until ${formatDay(invite.data.invitation.expiresAtMs)}.`}
        >
          <CopyButton text={invite.data.link} />
        </OnceOnly>
      )}
      {data === undefined ? (
        <Unread of={[query]} shape={2} className="" />
      ) : (
        <Table label="Members" heads={["Name", "E-mail", "Role", "Joined", ""]}>
          {data.members.map((member) => (
            <tr key={member.id}>
              <td className="font-medium">
                {member.name}
                {member.id === self ? <span className="ml-1.5 font-normal text-faint">you</span> : null}
              </td>
              <td className="text-soft">{member.email}</td>
              <td className="text-soft">
                {mayTouch(member) ? (
                  <select
                    aria-label={`Role of ${member.name}`}
                    className="h-6 rounded border border-line bg-panel px-1"
                    value={member.role}
                    onChange={(event) => {
                      const chosen = ROLES.find((one) => one === event.target.value);
                      if (chosen !== undefined) change.mutate({ id: member.id, role: chosen });
                    }}
                  >
                    {ROLES.filter((one) => role === "owner" || one !== "owner").map((one) => (
                      <option key={one}>{one}</option>
                    ))}
                  </select>
                ) : (
                  member.role
                )}
              </td>
              <td className="text-soft">
                <Ago timeMs={member.joinedAtMs} now={now} />
              </td>
              <td className="text-right">
                {member.id !== self && mayTouch(member) ? (
                  <Button look="remove" size="small" onClick={() => setAsked(member)}>
                    Remove
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
          {data.invitations.map((invitation) => (
            <InvitedRow key={invitation.id} invitation={invitation} onWithdraw={() => withdraw.mutate(invitation.id)} />
          ))}
        </Table>
      )}
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={`Remove ${asked?.name ?? "the member"}?`}
        description="They and all keys that they made are cut off from this team at once. Their runs stay."
        action="Remove"
        onConfirm={() => asked !== null && remove.mutate(asked.id)}
      />
    </Section>
  );
}

const InvitedRow = ({ invitation, onWithdraw }: { invitation: Invitation; onWithdraw: () => void }) => (
  <tr>
    <td className="text-faint">invited</td>
    <td className="text-soft">{invitation.email}</td>
    <td className="text-soft">{invitation.role}</td>
    <td className="text-faint">until {formatDay(invitation.expiresAtMs)}</td>
    <td className="text-right">
      <Button look="remove" size="small" onClick={onWithdraw}>
        Withdraw
      </Button>
    </td>
  </tr>
);
