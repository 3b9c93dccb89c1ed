import type { RunDetail } from "@tailbone/protocol/run";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { queries } from "../api/queries";
import { keepHead } from "../live/keep-head";
import { useLive } from "../live/live-provider";
import { isMissing } from "../parts/missing-notice";

export interface ComparedRuns {
  /** In the order in which they are named. */
  readonly runs: readonly RunDetail[];
  /** Ids of which there is no run (any more). */
  readonly missing: readonly string[];
  /** What kept others from being read. */
  readonly error: Error | null;
  readonly isReading: boolean;
  readonly retry: () => void;
}

/** The heads of runs, kept live. */
export function useComparedRuns(ids: readonly string[]): ComparedRuns {
  const connection = useLive();
  const client = useQueryClient();
  const reads = useQueries({ queries: ids.map((id) => queries.run(id)) });
  useEffect(() => {
    const stopHeads = connection.onRun((head) => keepHead(client, head));
    const stopDeleted = connection.onDeleted((run) => void client.invalidateQueries({ queryKey: ["run", run] }));
    return () => {
      stopHeads();
      stopDeleted();
    };
  }, [connection, client]);
  const failed = reads.filter(({ error }) => error !== null && !isMissing(error));
  return {
    runs: reads.flatMap(({ data, error }) => (data === undefined || isMissing(error) ? [] : [data])),
    missing: ids.filter((_, index) => isMissing(reads[index]?.error ?? null)),
    error: failed[0]?.error ?? null,
    isReading: reads.some(({ isPending }) => isPending),
    retry: () => {
      for (const { refetch } of failed) void refetch();
    },
  };
}
