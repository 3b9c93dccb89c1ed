"use client";
import type { Run } from "@tailbone/protocol/run";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { toTailboneError } from "../api/client";
import { queries } from "../api/queries";
import { groupSeries, isSystemSeries } from "../charts/groups";
import type { FollowedRun } from "../live/followed-run";
import { runUrl } from "../page-state/urls";
import { ErrorNotice } from "../ui/notice";
import { Segmented } from "../ui/segmented";
import { Skeleton } from "../ui/skeleton";
import { FeatureEvidence } from "./feature-evidence";
import { laneOf } from "./lanes";
import { LifeEmpty } from "./life-empty";
import { LifeTimeline } from "./life-timeline";
import { StateLegend } from "./state-legend";
import { spanOfLanes, stepAxis } from "./step-axis";
import { UnderLine } from "./under-line";

const nothing = { value: null, error: null };
const noEvents: never[] = [];

/** The features of a run, as a live store. */
export const useFeatures = (live: FollowedRun) =>
  useSyncExternalStore(live.features.subscribe, live.features.state, () => nothing);

/** The lives of a run's features, and the evidence of one of them. */
export function LifeTab({ run, live }: { run: Pick<Run, "id" | "state" | "lastStep">; live: FollowedRun }) {
  const [url, setUrl] = useQueryStates(runUrl, { history: "push" });
  const { value: features, error } = useFeatures(live);
  const { value: series } = useSyncExternalStore(live.series.subscribe, live.series.state, () => nothing);
  const { data, error: eventsError, refetch } = useQuery(queries.events(run.id));
  const events = data?.events ?? noEvents;
  const lanes = useMemo(() => (features ?? []).map((feature) => laneOf(feature, events)), [features, events]);
  const span = spanOfLanes(lanes, features ?? [], run.lastStep);
  const axis = useMemo(() => stepAxis(url.steps, { from: span.from, to: span.to }), [url.steps, span.from, span.to]);
  const names = useMemo(
    () => groupSeries((series ?? []).filter((name) => !isSystemSeries(name))).flatMap((group) => group.series),
    [series],
  );
  const onCheckpoint = useCallback((checkpoint: number) => void setUrl({ checkpoint }), [setUrl]);

  if (error !== null) return <ErrorNotice error={error} onRetry={() => live.features.retry()} className="m-4" />;
  if (features === null) return <LifeSkeleton />;
  if (features.length === 0) return <LifeEmpty />;
  const linked = events.find(({ id }) => id === url.event);
  const selected = lanes.find(({ feature }) => feature === (url.feature ?? linked?.feature)) ?? lanes[0];
  const feature = features.find(({ name }) => name === selected?.feature);
  const under = url.under ?? names[0] ?? "";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 px-4 pt-3 pb-10">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <Segmented
          label="Steps"
          value={url.steps}
          options={[
            { value: "log", label: "Log steps" },
            { value: "linear", label: "Linear" },
          ]}
          onChange={(steps) => void setUrl({ steps }, { history: "replace" })}
        />
        <StateLegend />
      </div>
      {data === undefined && eventsError !== null ? (
        <ErrorNotice error={toTailboneError(eventsError)} onRetry={() => void refetch()} />
      ) : null}
      <LifeTimeline
        lanes={lanes}
        features={features}
        axis={axis}
        selected={selected?.feature ?? null}
        selectedEvent={url.event}
        onSelect={(name) => void setUrl({ feature: name, event: null, thresholds: null })}
        onEvent={(name, event) => void setUrl({ feature: name, event })}
        onCheckpoint={onCheckpoint}
        under={{
          name: (
            <select
              aria-label="Series beneath the lanes"
              className="h-6 w-full min-w-0 truncate rounded border border-line bg-panel px-1 text-soft text-xs"
              value={under}
              onChange={(event) => void setUrl({ under: event.target.value }, { history: "replace" })}
            >
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          ),
          draw: (width) => (under === "" ? null : <UnderLine live={live} series={under} axis={axis} width={width} />),
        }}
      />
      {feature === undefined || selected === undefined ? null : (
        <FeatureEvidence
          key={feature.name}
          feature={feature}
          features={features}
          hasEnded={run.state === "finished" || run.state === "failed"}
          lane={selected}
          axis={axis}
          selectedEvent={url.event}
          onEvent={(event) => void setUrl({ feature: feature.name, event })}
          onCheckpoint={onCheckpoint}
        />
      )}
    </div>
  );
}

const LifeSkeleton = () => (
  <div className="grid gap-4 px-4 pt-3" aria-busy>
    <Skeleton className="h-7 w-96 max-w-full" />
    <Skeleton className="h-40 w-full" />
    <Skeleton className="h-72 w-full" />
  </div>
);
