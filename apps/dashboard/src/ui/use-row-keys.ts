import { type RefObject, useCallback } from "react";
import { usePageKeys } from "./use-page-keys";

const OPENS = "a[href], button:not(:disabled)";

/** `j` and `k` go to the next and the previous row of a table whose rows open something; Enter opens it. */
export function useRowKeys(table: RefObject<HTMLElement | null>): void {
  const move = useCallback(
    (by: 1 | -1): void => {
      const rows = [...(table.current?.querySelectorAll<HTMLElement>("tbody tr") ?? [])];
      const targets = rows.map((row) => row.querySelector<HTMLElement>(OPENS)).filter((one) => one !== null);
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const next = at < 0 ? 0 : Math.min(targets.length - 1, Math.max(0, at + by));
      targets[next]?.focus();
    },
    [table],
  );
  usePageKeys({ j: () => move(1), k: () => move(-1) });
}
