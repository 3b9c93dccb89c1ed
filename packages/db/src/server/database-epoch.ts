import type { databaseEpoch } from "../schema/run";
import type { Database } from "./database";

/** Which life of the database this is. */
export async function readEpoch(db: Database): Promise<string> {
  const [row] = await db.$client<Pick<typeof databaseEpoch.$inferSelect, "epoch">[]>`select epoch from database_epoch`;
  if (row === undefined) throw new Error("the database has no epoch");
  return row.epoch;
}

/** Ends the epoch `from`, if it still is; returns the one that is now. */
export async function renewEpoch(db: Database, from: string): Promise<string> {
  await db.$client`update database_epoch set epoch = gen_random_uuid() where epoch = ${from}`;
  return readEpoch(db);
}
