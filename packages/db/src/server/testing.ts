import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
  /**
   * From now on the database takes no row of the table for which the SQL condition on `new` holds: what nothing before
   * it has seen coming.
   */
  readonly refuseRows: (table: string, condition: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Brings a database to the schema of an older release: up to and with the migration of that name. */
export async function migrateUpTo(url: string, tag: string): Promise<void> {
  const old = await mkdtemp(join(tmpdir(), "tailbone-migrations-"));
  try {
    await cp(fileURLToPath(new URL("../../migrations", import.meta.url)), old, { recursive: true });
    const path = join(old, "meta/_journal.json");
    const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(path, "utf8"));
    const last = journal.entries.findIndex((entry) => entry.tag === tag);
    await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, last + 1) }));
    await migrateDatabase(url, old);
  } finally {
    await rm(old, { recursive: true, force: true });
  }
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
    refuseRows: async (table, condition) => {
      const name = `refuse_${uuidv7().replaceAll("-", "")}`;
      await db.$client.unsafe(`
        create function ${name}() returns trigger language plpgsql as 'begin raise exception ''this row is refused''; end';
        create trigger ${name} before insert or update on ${table} for each row when (${condition}) execute function ${name}()`);
    },
    close: async () => {
      await closeDatabase(db);
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
