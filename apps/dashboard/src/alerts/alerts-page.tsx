"use client";
import { useQuery } from "@tanstack/react-query";
import { toTailboneError } from "../api/client";
import { queries } from "../api/queries";
import { TopLine } from "../frame/top-line";
import { EmptyNotice, ErrorNotice } from "../ui/notice";
import { TableSkeleton } from "../ui/table";
import { AlertList } from "./alert-list";

/** Everything that was raised in the team's runs. */
export function AlertsPage() {
  const { data, error, refetch } = useQuery(queries.alerts(null));
  return (
    <>
      <TopLine crumbs={[{ label: "Alerts" }]} />
      <main className="min-h-0 flex-1 overflow-y-auto">
        {data === undefined ? (
          error === null ? (
            <TableSkeleton rows={6} />
          ) : (
            <ErrorNotice error={toTailboneError(error)} onRetry={() => void refetch()} className="m-4" />
          )
        ) : data.alerts.length === 0 ? (
          <EmptyNotice title="Nothing has been raised." className="px-4">
            <p>
              You are told here when a feature of a model emerges or turns vestigial, and what a script raises with{" "}
              <code className="font-mono text-ink">{"run.alert({ title, text, level })"}</code>.
            </p>
          </EmptyNotice>
        ) : (
          <AlertList alerts={data.alerts} withRun />
        )}
      </main>
    </>
  );
}
