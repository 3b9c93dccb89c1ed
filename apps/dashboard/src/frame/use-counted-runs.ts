import type { RunState } from "@tailbone/protocol/run";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { queries } from "../api/queries";
import { useLive } from "../live/live-provider";

/** Projects are counted anew at most so often. */
const PAUSE_MS = 1000;

/** Counts a project's runs anew when one of them begins, ends or is deleted, as the table beside it shows. */
export function useCountedRuns(): void {
  const connection = useLive();
  const client = useQueryClient();
  useEffect(() => {
    const states = new Map<string, RunState>();
    let pause: ReturnType<typeof setTimeout> | null = null;
    let isWanted = false;
    const count = (): void => {
      isWanted = pause !== null;
      if (isWanted) return;
      void client.invalidateQueries({ queryKey: queries.projects.queryKey });
      pause = setTimeout(() => {
        pause = null;
        if (isWanted) count();
      }, PAUSE_MS);
    };
    const stopRuns = connection.onRun(({ id, state }) => {
      if (states.get(id) === state) return;
      states.set(id, state);
      count();
    });
    const stopDeleted = connection.onDeleted(count);
    return () => {
      stopRuns();
      stopDeleted();
      if (pause !== null) clearTimeout(pause);
    };
  }, [connection, client]);
}
