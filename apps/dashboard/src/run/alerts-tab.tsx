"use client";
import { useQuery } from "@tanstack/react-query";
import { toTailboneError } from "../api/client";
import { queries } from "../api/queries";
import { AlertList } from "../parts/alert-list";
import { EmptyNotice, ErrorNotice } from "../ui/notice";
import { TableSkeleton } from "../ui/table";

/** What was raised in this run, by its features' lives or by the script itself. */
export function AlertsTab({ run }: { run: string }) {
  const { data, error, refetch } = useQuery(queries.alerts(run));
  if (data === undefined) {
    return error === null ? (
      <TableSkeleton rows={3} />
    ) : (
      <ErrorNotice error={toTailboneError(error)} onRetry={() => void refetch()} className="m-4" />
    );
  }
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
