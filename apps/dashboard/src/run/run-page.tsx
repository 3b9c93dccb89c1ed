"use client";
import { projectPath } from "@tailbone/protocol/page-paths";
import { RUN_TABS } from "@tailbone/protocol/page-state/views";
import { isSettled, type RunDetail } from "@tailbone/protocol/run";
import { useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { useEffect, useSyncExternalStore } from "react";
import { queries } from "../api/queries";
import { ChartsSkeleton } from "../charts/charts-skeleton";
import { CheckpointDialog } from "../life/checkpoint-dialog";
import { LifeTab, useFeatures } from "../life/life-tab";
import type { FollowedRun } from "../live/followed-run";
import { useFollowedRun } from "../live/use-followed-runs";
import { type RunUrl, runUrl } from "../page-state/urls";
import { isMissing, MissingNotice } from "../parts/missing-notice";
import { RunDot } from "../parts/run-state";
import { TopLine } from "../parts/top-line";
import { Unread } from "../parts/unread";
import { EmptyNotice } from "../ui/notice";
import { PageTabs } from "../ui/page-tabs";
import { Skeleton } from "../ui/skeleton";
import { UnreadableNotice } from "../ui/unreadable";
import { AlertsTab } from "./alerts-tab";
import { ChartsTab } from "./charts-tab";
import { CheckpointsTab } from "./checkpoints-tab";
import { ConfigTab } from "./config-tab";
import { ConsoleTab } from "./console-tab";
import { HostTable } from "./host-table";
import { RunHead } from "./run-head";
import { useRun } from "./use-run";

const tabParser = runUrl.tab.withOptions({ history: "push" });

export function RunPage({ run: id }: { run: string }) {
  const { samples, isDeleted, ...query } = useRun(id);
  const run = query.data;
  const live = useFollowedRun(id);
  const name = run?.name;
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Tailbone`;
  }, [name]);
  const crumbs =
    run === undefined
      ? [{ label: "Runs", href: "/runs" }, { label: "…" }]
      : [
          { label: run.project.name, href: projectPath(run.project.id) },
          {
            label: (
              <span className="flex items-center gap-2">
                <RunDot run={run} />
                <span className="truncate">{run.name}</span>
              </span>
            ),
          },
        ];
  return (
    <>
      <TopLine crumbs={crumbs} />
      <main className="min-h-0 flex-1 overflow-y-auto">
        {isDeleted ? (
          <EmptyNotice title="This run has just been deleted." className="px-4" />
        ) : run === undefined && isMissing(query.error) ? (
          <MissingNotice what="run" id={id} list={{ href: "/runs", label: "All runs" }} />
        ) : run === undefined || live === null ? (
          <Unread of={run === undefined ? [query] : []} shape={<RunSkeleton />} />
        ) : (
          <>
            <RunHead run={run} samples={samples} />
            <RunTabs run={run} live={live} />
          </>
        )}
      </main>
    </>
  );
}

function RunTabs({ run, live }: { run: RunDetail; live: FollowedRun }) {
  const [tab, setTab] = useQueryState("tab", tabParser);
  const { data: checkpoints } = useQuery(queries.checkpoints(run.id));
  const { value: features } = useFeatures(live);
  useSyncExternalStore(live.series.subscribe, live.series.state, live.series.state);
  const { data: events } = useQuery(queries.events(run.id));
  const { data: alerts } = useQuery(queries.alerts(run.id));
  const unreadable = [run, checkpoints, events, live.features.snapshot, live.series.snapshot].flatMap(
    (read) => read?.unreadable ?? nothing,
  );
  const counts: Partial<Record<RunUrl["tab"], number | undefined>> = {
    life: features?.length,
    checkpoints: checkpoints?.checkpoints.length,
    alerts: alerts?.alerts.length,
  };
  const charts = {
    run,
    live,
    originMs: run.startedAtMs,
    isRunning: !isSettled(run),
    checkpoints: checkpoints?.checkpoints ?? nothing,
    events: events?.events ?? nothing,
  };
  return (
    <>
      <UnreadableNotice items={unreadable} className="mx-4 mb-2" />
      <PageTabs
        label="Parts of the run"
        tabs={RUN_TABS}
        value={tab}
        onChange={(next) => void setTab(next)}
        counts={counts}
        pages={{
          charts: <ChartsTab {...charts} />,
          life: <LifeTab run={run} live={live} />,
          checkpoints: <CheckpointsTab run={run.id} />,
          config: <ConfigTab run={run} />,
          console: <ConsoleTab run={run} live={live} />,
          system: (
            <>
              <HostTable run={run} />
              <ChartsTab {...charts} system />
            </>
          ),
          alerts: <AlertsTab run={run.id} />,
        }}
      />
      <CheckpointDialog checkpoints={charts.checkpoints} features={features ?? nothing} />
    </>
  );
}

const nothing: never[] = [];

const RunSkeleton = () => (
  <div aria-busy>
    <div className="grid gap-2 bg-panel px-4 py-4">
      <Skeleton className="h-5 w-56" />
      <Skeleton className="h-4 w-80" />
    </div>
    <div className="border-line border-b bg-panel px-4 pb-2">
      <Skeleton className="h-4 w-96 max-w-full" />
    </div>
    <ChartsSkeleton />
  </div>
);
