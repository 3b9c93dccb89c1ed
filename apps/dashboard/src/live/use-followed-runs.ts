import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Following, followRun } from "./follow-run";
import type { FollowedRun } from "./followed-run";
import { useLive } from "./live-provider";

export type FollowedRuns = ReadonlyMap<string, FollowedRun>;

const none: FollowedRuns = new Map();

/** The live feeds of runs, by id, as long as the component is mounted and names them; empty before the first effect. */
export function useFollowedRuns(runs: readonly string[]): FollowedRuns {
  const connection = useLive();
  const client = useQueryClient();
  const held = useRef(new Map<string, Following>());
  const [lives, setLives] = useState(none);
  const key = runs.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says which runs they are; the list is new in each render
  useEffect(() => {
    for (const [run, { leave }] of held.current) {
      if (runs.includes(run)) continue;
      leave();
      held.current.delete(run);
    }
    for (const run of runs) if (!held.current.has(run)) held.current.set(run, followRun(connection, client, run));
    setLives(new Map([...held.current].map(([run, { live }]) => [run, live])));
  }, [key, connection, client]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: of another connection all are followed anew
  useEffect(() => {
    const all = held.current;
    return () => {
      for (const { leave } of all.values()) leave();
      all.clear();
      setLives(none);
    };
  }, [connection, client]);
  return lives;
}

/** The live feed of one run; null before the first effect. */
export const useFollowedRun = (run: string): FollowedRun | null => useFollowedRuns([run]).get(run) ?? null;
