import { useQuery } from "@tanstack/react-query";
import { queries } from "../../api/queries";
import { Unread } from "../../parts/unread";
import { Button } from "../../ui/button";
import { EmptyNotice } from "../../ui/notice";
import { Segmented } from "../../ui/segmented";
import { UnreadableNotice } from "../../ui/unreadable";
import { useNow } from "../../ui/use-now";
import { AlertActions } from "./alert-actions";
import { AlertRow } from "./alert-row";
import { InboxSkeleton } from "./inbox-skeleton";
import { RunLives } from "./run-lives";
import { useInbox } from "./use-inbox";

const CHOICES = [
  { value: "open", label: "Open" },
  { value: "unread", label: "Unread" },
  { value: "all", label: "All" },
] as const;

/** The alerts of the team by run, and what one does with them. */
export function Inbox() {
  const inbox = useInbox();
  const { query, which, groups, current } = inbox;
  const now = useNow(10_000);
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 px-4 py-2">
        <Segmented label="Which alerts" value={which} options={CHOICES} onChange={inbox.show} />
        <p className="text-faint text-xs max-md:hidden">
          j k move · e acknowledge · s snooze · a assign · u unread · Enter open
        </p>
      </div>
      <UnreadableNotice items={query.data?.unreadable ?? []} className="mx-4 mb-2" />
      {query.data === undefined ? (
        <Unread of={[query]} shape={<InboxSkeleton />} className="mx-4" />
      ) : groups.length === 0 ? (
        <NothingHere which={which} onAll={() => inbox.show("all")} />
      ) : (
        groups.map(({ run, alerts }) => (
          <section key={run.id} aria-label={`Alerts of ${run.name}`} className="border-line border-t">
            <RunLives run={run} alerts={alerts}>
              {(lifeOf) => (
                <ul className="divide-y divide-line">
                  {alerts.map((alert) => (
                    <AlertRow
                      key={alert.id}
                      alert={alert}
                      life={lifeOf(alert)}
                      now={now}
                      isSelected={alert === current}
                      onSelect={() => inbox.select(alert)}
                      onOpen={inbox.open}
                    >
                      <AlertActions
                        alert={alert}
                        now={now}
                        change={(patch) => inbox.change(alert, patch)}
                        isAssigning={inbox.isAssigning}
                        onAssigning={inbox.setAssigning}
                      />
                    </AlertRow>
                  ))}
                </ul>
              )}
            </RunLives>
          </section>
        ))
      )}
    </>
  );
}

function NothingHere({ which, onAll }: { which: "open" | "unread" | "all"; onAll: () => void }) {
  const { data: all } = useQuery({ ...queries.alerts(null, "all"), enabled: which !== "all" });
  if (which === "all" || all?.alerts.length === 0) {
    return (
      <EmptyNotice title="No alert has ever been raised." className="px-4">
        <p>
          You are told here when a rule fires, such as when a feature emerges or turns vestigial, and what a script
          raises with <code className="font-mono text-ink">{"run.alert({ title, text, level })"}</code>.
        </p>
      </EmptyNotice>
    );
  }
  return (
    <EmptyNotice title={which === "open" ? "No alert is open." : "Every alert has been read."} className="px-4">
      {which === "open" ? <p>Each has been acknowledged or is snoozed.</p> : null}
      <div>
        <Button size="small" onClick={onAll}>
          Show all alerts
        </Button>
      </div>
    </EmptyNotice>
  );
}
