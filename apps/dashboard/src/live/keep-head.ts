import type { Run } from "@tailbone/protocol/run";
import type { QueryClient } from "@tanstack/react-query";
import { queries } from "../api/queries";

/**
 * Puts what a pushed head says into the run that was read, if it was; a head says nothing of config, host and writers.
 */
export function keepHead(client: QueryClient, head: Run): void {
  client.setQueryData(
    queries.run(head.id).queryKey,
    (known) => known && { ...known, ...head, unreadable: known.unreadable },
  );
}
