import { connect, type Socket } from "node:net";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres, { type PostgresType, type Sql, type TransactionSql } from "postgres";
import * as accessSchema from "../schema/access";
import * as authSchema from "../schema/auth";
import * as runSchema from "../schema/run";

const schema = { ...authSchema, ...accessSchema, ...runSchema };

/** bigint columns are counts and ids far below 2^53. */
type Types = { bigint: number };
export type Client = Sql<Types>;
export type Transaction = TransactionSql<Types>;

export interface DatabaseOptions {
  url: string;
  /** Connections of the pool. */
  connections?: number;
}

const bigint = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  parse: (text: string) => Number(text),
};

/** Opens a pool; nothing is connected before the first query. Close it with `closeDatabase`. */
export function openDatabase({ url, connections = 10 }: DatabaseOptions) {
  const client: Client = postgres<{ bigint: PostgresType<number> }>(url, {
    max: connections,
    idle_timeout: 60,
    connect_timeout: 5,
    onnotice: () => {},
    types: { bigint },
    // Without TCP_NODELAY a statement that spans two packets waits for the other side's delayed acknowledgement.
    ...(isTcp(url) ? { socket: connectWithoutDelay } : {}),
  });
  const db = drizzle(client, { schema });
  // Drizzle takes JSON out of the driver's hands and hands it over as text; the queries in SQL hand over values.
  for (const json of [114, 3802]) {
    client.options.serializers[json] = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  }
  return db;
}

/**
 * Drizzle over one pool of connections; `$client` is the pool itself, for the queries that Drizzle has no words for.
 */
export type Database = ReturnType<typeof openDatabase>;

export async function closeDatabase(db: Database): Promise<void> {
  await db.$client.end({ timeout: 5 });
}

/** Resolves when the database answers. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.$client`select 1`;
}

function isTcp(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname !== "" && !hostname.startsWith("%2F");
}

function connectWithoutDelay({ host, port }: { host: string[]; port: number[] }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host[0] ?? "127.0.0.1", port: port[0] ?? 5432, noDelay: true });
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}
