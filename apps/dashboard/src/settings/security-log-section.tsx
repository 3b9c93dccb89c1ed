import type { SecurityAction } from "@tailbone/protocol/access";
import { useInfiniteQuery } from "@tanstack/react-query";
import { queries } from "../api/queries";
import { Unread } from "../parts/unread";
import { Ago } from "../ui/ago";
import { Button } from "../ui/button";
import { Table } from "../ui/table";
import { UnreadableNotice } from "../ui/unreadable";
import { useNow } from "../ui/use-now";
import { sayAgent } from "./say-agent";
import { Section } from "./section";

const WORDS: Readonly<Record<SecurityAction, string>> = {
  "signed-in": "signed in",
  "sign-in-refused": "sign-in refused",
  "signed-out": "signed out",
  "account-changed": "changed the account",
  "second-factor-changed": "second factor",
  "key-made": "made a key",
  "key-revoked": "revoked a key",
  "member-invited": "invited",
  "invitation-withdrawn": "withdrew an invitation",
  "member-joined": "joined",
  "member-removed": "removed a member",
  "role-changed": "changed a role",
  "access-refused": "access refused",
};
const REFUSALS: ReadonlySet<SecurityAction> = new Set(["sign-in-refused", "access-refused"]);

export function SecurityLogSection() {
  const query = useInfiniteQuery(queries.securityLog);
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const now = useNow(10_000);
  const events = data?.pages.flatMap((page) => page.events);
  return (
    <Section title="Security log" about="Who came to the door, from where, and what they changed there.">
      <UnreadableNotice items={data?.pages.flatMap((page) => page.unreadable) ?? []} />
      {events === undefined ? (
        <Unread of={[query]} shape={4} className="" />
      ) : events.length === 0 ? (
        <p className="text-faint">Nothing has happened yet.</p>
      ) : (
        <Table label="Security log" heads={["When", "Who", "Did", "What", "From"]}>
          {events.map(({ id, atMs, who, action, what, times, address, agent }) => (
            <tr key={id}>
              <td className="text-soft">
                <Ago timeMs={atMs} now={now} />
              </td>
              <td>{who ?? "unknown"}</td>
              <td className={REFUSALS.has(action) ? "font-medium text-bad" : "font-medium"}>
                {WORDS[action]}
                {times > 1 ? <span className="ml-1 font-normal text-faint">{times} times</span> : null}
              </td>
              <td className="max-w-80 truncate text-soft" title={what}>
                {what}
              </td>
              <td className="text-soft" title={agent ?? undefined}>
                {address ?? ""} <span className="text-faint">{agent === null ? "" : sayAgent(agent)}</span>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {hasNextPage ? (
        <div>
          <Button size="small" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older ones
          </Button>
        </div>
      ) : null}
    </Section>
  );
}
