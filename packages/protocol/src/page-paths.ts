import { formatNameList } from "./name-list";
import type { Alert } from "./rules";

/**
 * Where the dashboard's pages are, below its origin: for the pages' own links, for mails and webhooks, and for the
 * script's terminal.
 */

export const runPath = (run: string): string => `/runs/${run}`;

export const projectPath = (project: string): string => `/projects/${project}`;

/** The page that lays the curves of these runs over each other. */
export const comparePath = (runs: readonly string[]): string => `/compare?runs=${formatNameList(runs)}`;

export const CHANNELS_PATH = "/alerts?tab=channels";

/** The page that shows what an alert tells of. */
export function alertPath({ run, kind, feature }: Pick<Alert, "kind" | "feature"> & { run: { id: string } }): string {
  if (kind !== "lifecycle") return runPath(run.id);
  return `${runPath(run.id)}?${new URLSearchParams({ tab: "life", ...(feature === null ? {} : { feature }) })}`;
}
