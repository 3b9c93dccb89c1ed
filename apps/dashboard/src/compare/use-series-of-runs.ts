import { useCallback, useRef, useSyncExternalStore } from "react";
import type { FollowedRun } from "../live/followed-run";

type Names = readonly (readonly string[] | null)[];

/**
 * The names of each run's series, live; null: not read yet. `lives`: the same list for as long as they are the same.
 */
export function useSeriesOfRuns(lives: readonly FollowedRun[]): Names {
  const last = useRef<Names>([]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = lives.map(({ series }) => series.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [lives],
  );
  const read = (): Names => {
    const names = lives.map(({ series }) => series.state().value);
    const isSame = names.length === last.current.length && names.every((one, index) => one === last.current[index]);
    if (!isSame) last.current = names;
    return last.current;
  };
  return useSyncExternalStore(subscribe, read, () => nothing);
}

const nothing: Names = [];
