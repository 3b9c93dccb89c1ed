import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { queries, type RunsRequest } from "../api/queries";
import { useLive } from "../live/live-provider";
import { mergeRun, type RunPages, removeRun, rowsOf } from "./live-runs";

const FLASH_MS = 1600;
const REFRESH_MS = 1500;
const WAITING_MS = 2000;

/** The runs of a list, live: `fresh` are those that have just arrived. */
export function useRuns(request: RunsRequest) {
  const connection = useLive();
  const client = useQueryClient();
  const options = queries.runs(request);
  const query = useInfiniteQuery({
    ...options,
    placeholderData: (before) => before,
    // A project that does not exist yet cannot be followed.
    refetchInterval: ({ state }) => (state.data?.pages[0]?.total === 0 ? WAITING_MS : false),
  });
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const key = JSON.stringify(request);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what `request` is, which is a new object in each render
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    let refresh: ReturnType<typeof setTimeout> | null = null;
    const later = (): void => {
      refresh ??= setTimeout(() => {
        refresh = null;
        void client.invalidateQueries({ queryKey: options.queryKey });
      }, REFRESH_MS);
    };
    const change = (update: (known: RunPages) => RunPages): void => {
      client.setQueryData<RunPages>(options.queryKey, (known) => (known === undefined ? known : update(known)));
    };
    const stopRuns = connection.onRun((run) => {
      change((known) => {
        const [next, merge] = mergeRun(known, run, request);
        if (merge === "added") {
          setFresh((before) => new Set([...before, run.id]));
          timers.add(setTimeout(() => setFresh((before) => without(before, run.id)), FLASH_MS));
        }
        // Whether a filter takes it is the hub's to say; a run that has just begun is worth asking.
        if (merge === "unseen" && run.offset < 50 && run.state === "running") later();
        return next;
      });
    });
    const stopDeleted = connection.onDeleted((run) => change((known) => removeRun(known, run)));
    return () => {
      stopRuns();
      stopDeleted();
      for (const timer of timers) clearTimeout(timer);
      if (refresh !== null) clearTimeout(refresh);
    };
  }, [connection, client, key]);

  useFollowedProjects(request.project);
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  const unreadable = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.unreadable), [query.data]);
  return { ...query, rows, unreadable, total: query.data?.pages[0]?.total ?? 0, fresh };
}

function without(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  return new Set([...set].filter((each) => each !== one));
}

/** Hears of the runs of one project; null: of all there are. */
function useFollowedProjects(project: string | null): void {
  const connection = useLive();
  const { data } = useQuery({ ...queries.projects, enabled: project === null });
  const followed = project ?? data?.projects.map(({ id }) => id).join(",") ?? "";
  useEffect(() => {
    const stops = followed
      .split(",")
      .filter(Boolean)
      .map((id) => connection.followProject(id));
    return () => {
      for (const stop of stops) stop();
    };
  }, [connection, followed]);
}
