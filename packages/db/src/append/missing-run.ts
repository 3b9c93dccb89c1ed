import { TailboneError } from "@tailbone/protocol/errors";
import type { Client, Transaction } from "../server/database";

/** The same for a run that never was and for another team's: nobody learns of what is not theirs. */
export function runNotFound(run: string): TailboneError {
  return new TailboneError(
    "not_found",
    `There is no run ${run}.`,
    "It may have been deleted, or belong to another team.",
  );
}

/** `writer`: null for any. */
export function writerNotFound(run: string, writer: string | null): TailboneError {
  return new TailboneError(
    "not_found",
    writer === null ? `Run ${run} has no writer.` : `Run ${run} has no writer ${writer}.`,
    "Open the writer first.",
  );
}

/** Tells a writer why its run is not there: throws `gone` when the team has deleted it, else `not_found`. */
export async function refuseMissingRun(
  sql: Client | Transaction,
  { team, run }: { team: string; run: string },
): Promise<never> {
  const [deleted] = await sql`select 1 from deleted_run where run_id = ${run} and team_id = ${team}`;
  if (deleted === undefined) throw runNotFound(run);
  throw new TailboneError(
    "gone",
    `Run ${run} was deleted.`,
    "What is still to be sent of it can be thrown away. A new training makes a new run.",
  );
}
