"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { Tabs } from "radix-ui";
import { queries } from "../api/queries";
import { formatCount } from "../format/number";
import { TopLine } from "../frame/top-line";
import { alertsParsers, TABS } from "./alerts-url";
import { ChannelsTab } from "./channels-tab";
import { DeliveriesTab } from "./deliveries-tab";
import { Inbox } from "./inbox";
import { RulesTab } from "./rules-tab";

/** What was raised in the team's runs, what raises it, and whom it is told. */
export function AlertsPage() {
  const [{ tab }, setUrl] = useQueryStates(alertsParsers, { history: "push" });
  const { data } = useQuery(queries.unread);
  const unread = data?.unread ?? 0;
  return (
    <>
      <TopLine crumbs={[{ label: "Alerts" }]} />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <h1 className="sr-only">Alerts</h1>
        <Tabs.Root
          value={tab}
          onValueChange={(value) => {
            const next = TABS.find((one) => one === value);
            if (next !== undefined) void setUrl({ tab: next });
          }}
        >
          <Tabs.List
            aria-label="Parts of the alerts"
            className="flex gap-1 overflow-x-auto border-line border-b bg-panel px-2"
          >
            {TABS.map((one) => (
              <Tabs.Trigger
                key={one}
                value={one}
                className="-mb-px border-transparent border-b-2 px-2.5 py-2 text-soft capitalize hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
              >
                {one}
                {one === "inbox" && unread > 0 ? (
                  <span aria-hidden className="ml-1.5 text-faint text-xs">
                    {formatCount(unread)}
                  </span>
                ) : null}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          <Tabs.Content value="inbox" tabIndex={-1}>
            <Inbox />
          </Tabs.Content>
          <Tabs.Content value="rules" tabIndex={-1}>
            <RulesTab />
          </Tabs.Content>
          <Tabs.Content value="channels" tabIndex={-1}>
            <ChannelsTab />
          </Tabs.Content>
          <Tabs.Content value="deliveries" tabIndex={-1}>
            <DeliveriesTab />
          </Tabs.Content>
        </Tabs.Root>
      </main>
    </>
  );
}
