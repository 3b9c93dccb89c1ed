import type { LiveConnection } from "@tailbone/client/live-connection";
import type { QueryClient } from "@tanstack/react-query";
import { listFeatures, listSeries, readBuckets } from "../api/calls";
import { FollowedRun } from "./followed-run";

/** Lists that the stream does not carry are read anew at most so often. */
const RECORDS_MS = 400;
/** What a reading changes is judged by the hub; a training with many features sends them often. */
const EVENTS_MS = 1000;

/** A run that is followed until it is left. */
export interface Following {
  readonly live: FollowedRun;
  readonly leave: () => void;
}

/** Follows a run, and has what is listed beside its stream read anew when the stream says that it changed. */
export function followRun(connection: LiveConnection, client: QueryClient, run: string): Following {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const refresh = (list: string, afterMs = RECORDS_MS): void => {
    if (timers.has(list)) return;
    const read = (): void => {
      timers.delete(list);
      void client.invalidateQueries({ queryKey: [list, run] });
    };
    timers.set(list, setTimeout(read, afterMs));
  };
  const { feed, leave } = connection.followRun(run);
  const live = new FollowedRun({
    feed,
    readPoints: (request, signal) => readBuckets(run, request, signal),
    listSeries: (signal) => listSeries(run, signal),
    listFeatures: (signal) => listFeatures(run, signal),
    onLeg: () => refresh("run"),
    onRecord: (type) => {
      if (type === "checkpoint") refresh("checkpoints");
      if (type === "reading" || type === "finish") refresh("events", EVENTS_MS);
      if (type === "alert") refresh("alerts");
      if (type === "config" || type === "finish") refresh("run");
    },
  });
  return {
    live,
    leave: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      live.close();
      leave();
    },
  };
}
