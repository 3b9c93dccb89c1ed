import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

/** Beside this package's sources, or beside the bundle that this module has become a part of. */
const folders = ["../../migrations", "./migrations"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Any number, the same for all hubs of one database. */
const LOCK = 7_461_696;

/** Brings a database to the newest schema. Several hubs may do so at once: one migrates, the others wait. */
export async function migrateDatabase(url: string, folder = folders.find((one) => existsSync(one))): Promise<void> {
  if (folder === undefined) throw new Error(`The migrations are in none of ${folders.join(", ")}.`);
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
  }
}
