"use client";
import { ALERT_TABS } from "@tailbone/protocol/page-state/views";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { queries } from "../api/queries";
import { alertsUrl } from "../page-state/urls";
import { TopLine } from "../parts/top-line";
import { PageTabs } from "../ui/page-tabs";
import { ChannelsTab } from "./channels/channels-tab";
import { DeliveriesTab } from "./channels/deliveries-tab";
import { Inbox } from "./inbox/inbox";
import { RulesTab } from "./rules/rules-tab";

/** What was raised in the team's runs, what raises it, and whom it is told. */
export function AlertsPage() {
  const [{ tab }, setUrl] = useQueryStates(alertsUrl, { history: "push" });
  const { data } = useQuery(queries.unread);
  const unread = data?.unread ?? 0;
  return (
    <>
      <TopLine crumbs={[{ label: "Alerts" }]} />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <h1 className="sr-only">Alerts</h1>
        <PageTabs
          label="Parts of the alerts"
          tabs={ALERT_TABS}
          value={tab}
          onChange={(next) => void setUrl({ tab: next })}
          counts={{ inbox: unread }}
          pages={{
            inbox: <Inbox />,
            rules: <RulesTab />,
            channels: <ChannelsTab />,
            deliveries: <DeliveriesTab />,
          }}
        />
      </main>
    </>
  );
}
