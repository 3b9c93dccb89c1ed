import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { listFeatures, listSeries, readBuckets } from "../api/calls";
import { FollowedRun } from "./followed-run";
import { useLive } from "./live-provider";

/** Lists that the stream does not carry are read anew at most so often. */
const RECORDS_MS = 400;
/** What a reading changes is judged by the hub; a training with many features sends them often. */
const EVENTS_MS = 1000;

/** A run's live feed as long as the component is mounted; null before the first effect. */
export function useFollowedRun(run: string): FollowedRun | null {
  const connection = useLive();
  const client = useQueryClient();
  const [live, setLive] = useState<FollowedRun | null>(null);
  useEffect(() => {
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
    const created = new FollowedRun({
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
    setLive(created);
    return () => {
      for (const timer of timers.values()) clearTimeout(timer);
      created.close();
      leave();
      setLive(null);
    };
  }, [run, connection, client]);
  return live;
}
