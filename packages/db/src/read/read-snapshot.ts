import { runNotFound } from "../append/missing-run";
import type { run as runTable } from "../schema/run";
import type { Database, Transaction } from "../server/database";

/** Runs queries on one snapshot of a run, with the offset of the run's stream that it includes. Throws `not_found`. */
export async function readSnapshot<T>(
  db: Database,
  { team, run }: { team: string; run: string },
  query: (sql: Transaction, offset: number) => Promise<T>,
): Promise<T> {
  const result = await db.$client.begin("isolation level repeatable read read only", async (sql) => {
    const [head] = await sql<Pick<typeof runTable.$inferSelect, "streamOffset">[]>`
      select stream_offset as "streamOffset" from run where id = ${run} and team_id = ${team}`;
    if (head === undefined) throw runNotFound(run);
    return { value: await query(sql, head.streamOffset) };
  });
  return result.value;
}
