import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { closeDatabase, type Database, openDatabase } from "./database";
import { openEmbedded } from "./embedded";
import { migrateDatabase } from "./migrate";

/** A real, migrated PostgreSQL of a test file's own. */
export interface TestDatabase {
  readonly db: Database;
  readonly url: string;
  /** Makes a team, and returns its id. */
  readonly addTeam: (name?: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "tailbone-db-"));
  // Open to the user that the server runs as, when the tests are root's.
  await chmod(folder, 0o755);
  const server = await openEmbedded({ dataDir: folder });
  await migrateDatabase(server.url);
  const db = openDatabase({ url: server.url });
  return {
    db,
    url: server.url,
    addTeam: async (name = "team") => {
      const id = uuidv7();
      await db.$client`insert into organization (id, name, slug) values (${id}, ${name}, ${id})`;
      return id;
    },
    close: async () => {
      await closeDatabase(db);
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
