import type { TestDatabase } from "@tailbone/db/server/testing";
import postgres from "postgres";

/**
 * A database's state, to which it can be taken back as from a dump. Nobody may use it meanwhile; whoever is connected
 * is cut off.
 */
export interface Snapshot {
  readonly restore: () => Promise<void>;
}

export async function takeSnapshot({ url }: TestDatabase): Promise<Snapshot> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const kept = `${name}_snapshot`;
  await copyDatabase(url, name, kept);
  return { restore: () => copyDatabase(url, kept, name) };
}

async function copyDatabase(url: string, from: string, to: string): Promise<void> {
  const other = new URL(url);
  other.pathname = "/template1";
  const sql = postgres(other.href, { max: 1, onnotice: () => {} });
  try {
    await sql`drop database if exists ${sql(to)} with (force)`;
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${from}`;
    await sql`create database ${sql(to)} template ${sql(from)}`;
  } finally {
    await sql.end();
  }
}
