import type { Database } from "@tailbone/db/server/database";
import type { Caller } from "./caller";

/** What a verb works with: who asks and for which team, the time, the store. */
export interface Context extends Caller {
  readonly db: Database;
  /** By the wall's clock. */
  readonly nowMs: number;
}
