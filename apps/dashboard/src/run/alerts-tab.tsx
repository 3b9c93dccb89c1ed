"use client";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/queries";
import { AlertList } from "../parts/alert-list";
import { Unread } from "../parts/unread";
import { EmptyNotice } from "../ui/notice";

/** What was raised in this run, by its features' lives or by the script itself. */
export function AlertsTab({ run }: { run: string }) {
  const query = useQuery(queries.alerts(run));
  const { data } = query;
  if (data === undefined) return <Unread of={[query]} shape={3} />;
  if (data.alerts.length === 0) {
    return (
      <EmptyNotice title="No alerts." className="px-4">
        <p>
          One is raised when a feature emerges or turns vestigial, and by the script with{" "}
          <code className="font-mono text-ink">{"run.alert({ title, text, level })"}</code>.
        </p>
      </EmptyNotice>
    );
  }
  return <AlertList alerts={data.alerts} />;
}
