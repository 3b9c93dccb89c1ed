import type { Alert } from "@tailbone/protocol/http";

/** The page that shows what an alert tells of. */
export function alertPath({ run, feature, event }: Pick<Alert, "run" | "feature" | "event">): string {
  if (feature === null) return `/runs/${run.id}?tab=alerts`;
  const query = new URLSearchParams({ tab: "life", feature, ...(event === null ? {} : { event }) });
  return `/runs/${run.id}?${query}`;
}
