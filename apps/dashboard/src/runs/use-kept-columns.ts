import type { RunColumns } from "@tailbone/protocol/page-state/saved";
import { RUN_FACTS } from "@tailbone/protocol/page-state/views";
import { useSavedPage } from "../page-state/use-saved-page";
import type { ChosenColumns } from "./column-menu";

const INITIAL: RunColumns = { version: 1, facts: [...RUN_FACTS], series: [] };

/**
 * The columns that the team keeps for the list of a project's runs; null: none, or they cannot be read. `keep` is null
 * where they cannot be kept.
 */
export function useKeptColumns(project: string | null) {
  const { state, isKept, isReading, problem, change } = useSavedPage(project, "runs", INITIAL);
  const keep = (chosen: ChosenColumns): void => change(() => ({ version: 1, ...chosen }));
  return {
    columns: isKept ? state : null,
    isReading,
    keep: project === null || problem !== null ? null : keep,
  };
}
