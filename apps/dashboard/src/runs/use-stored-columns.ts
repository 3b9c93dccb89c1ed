import { useCallback, useSyncExternalStore } from "react";
import { z } from "zod";
import { FACTS, type Fact } from "./columns";

const columnsSchema = z.object({ facts: z.array(z.enum(FACTS)), series: z.array(z.string()) });

export interface ChosenColumns {
  readonly facts: Fact[];
  readonly series: string[];
}

const listeners = new Set<() => void>();
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The columns that were chosen last in this browser for a list; null: none were. */
export function useStoredColumns(list: string): [ChosenColumns | null, (chosen: ChosenColumns) => void] {
  const key = `tailbone.columns.${list}`;
  const text = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(key),
    () => null,
  );
  const store = useCallback(
    (chosen: ChosenColumns): void => {
      localStorage.setItem(key, JSON.stringify(chosen));
      for (const listener of listeners) listener();
    },
    [key],
  );
  return [parse(text), store];
}

function parse(text: string | null): ChosenColumns | null {
  if (text === null) return null;
  try {
    return columnsSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
