import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { endAllSessions, endSession } from "../api/access-calls";
import { queries } from "../api/queries";
import { Unread } from "../parts/unread";
import { Ago } from "../ui/ago";
import { Button } from "../ui/button";
import { Table } from "../ui/table";
import { useNow } from "../ui/use-now";
import { sayAgent } from "./say-agent";
import { Section } from "./section";

export function SessionsSection() {
  const client = useQueryClient();
  const query = useQuery(queries.sessions);
  const { data } = query;
  const now = useNow(10_000);
  const end = useMutation({
    mutationFn: endSession,
    onSettled: () => client.invalidateQueries({ queryKey: queries.sessions.queryKey }),
  });
  const endAll = useMutation({ mutationFn: endAllSessions, onSuccess: () => window.location.assign("/sign-in") });
  return (
    <Section title="Sessions" about="Where you are signed in. A session that ends is cut off at once.">
      {data === undefined ? (
        <Unread of={[query]} shape={2} className="" />
      ) : (
        <Table label="Sessions" heads={["Browser", "Address", "Signed in", ""]}>
          {data.sessions.map(({ id, agent, address, createdAtMs, isCurrent }) => (
            <tr key={id}>
              <td className="font-medium" title={agent ?? undefined}>
                {sayAgent(agent)}
                {isCurrent ? <span className="ml-1.5 font-normal text-faint">this one</span> : null}
              </td>
              <td className="text-soft">{address ?? ""}</td>
              <td className="text-soft">
                <Ago timeMs={createdAtMs} now={now} />
              </td>
              <td className="text-right">
                {isCurrent ? null : (
                  <Button look="remove" size="small" onClick={() => end.mutate(id)}>
                    End
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <div>
        <Button look="danger" disabled={endAll.isPending} onClick={() => endAll.mutate()}>
          Sign out everywhere
        </Button>
      </div>
    </Section>
  );
}
