import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "@tailbone/base/clock";
import { findOwner } from "@tailbone/db/access/teams";
import { apikey } from "@tailbone/db/schema/access";
import { openTestDatabase, type TestDatabase } from "@tailbone/db/server/testing";
import { encodeFrame, type Frame } from "@tailbone/protocol/frame";
import type { OpenWriter } from "@tailbone/protocol/run";
import {
  INGEST_NAMESPACE,
  type IngestClientEvents,
  type IngestServerEvents,
  LIVE_NAMESPACE,
  type LiveClientEvents,
  type LiveServerEvents,
  type Reply,
} from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { makeKey, makeSecret } from "@tailbone/services/key-secret";
import { pino } from "pino";
import { io, type Socket } from "socket.io-client";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { type Hub, startHub } from "./start-hub";

export type WriterSocket = Socket<IngestServerEvents, IngestClientEvents>;
export type ViewerSocket = Socket<LiveServerEvents, LiveClientEvents>;

/** A hub of a test file's own, on a real database, without pages. */
export interface TestHub {
  readonly hub: Hub;
  readonly url: string;
  /** Key of the default team, with scope `admin`. */
  readonly key: string;
  /** The key that the hub has put where the SDK finds it. */
  readonly localKey: string;
  readonly database: TestDatabase;
  /** Starts a hub again on the same data, under the same settings. */
  readonly restart: () => Promise<void>;
  /** Makes a team with a key. */
  readonly addTeam: () => Promise<{ team: string; key: string }>;
  readonly fetch: (path: string, init?: RequestInit & { key?: string | null }) => Promise<Response>;
  /** Opens the sign-in link; the session's cookie. */
  readonly signIn: () => Promise<string>;
  readonly writer: (auth?: Record<string, unknown>) => WriterSocket;
  readonly viewer: (auth?: Record<string, unknown>, headers?: Record<string, string>) => ViewerSocket;
  readonly close: () => Promise<void>;
}

const credentialsSchema = z.record(z.string(), z.object({ key: z.string() }));

/** `reach` says by what URL the hub reaches the database, `clock` what the hub takes for the time. */
export async function startTestHub(
  extra: Record<string, string> = {},
  reach: (databaseUrl: string) => string | Promise<string> = (url) => url,
  clock: Clock = systemClock,
): Promise<TestHub> {
  const folder = await mkdtemp(join(tmpdir(), "tailbone-hub-"));
  const database = await openTestDatabase();
  const sockets = new Set<{ disconnect: () => unknown }>();
  const env = {
    TAILBONE_PORT: "0",
    TAILBONE_DATA: join(folder, "data"),
    TAILBONE_CONFIG_HOME: join(folder, "config"),
    DATABASE_URL: await reach(database.url),
    ...extra,
  };
  const start = () =>
    startHub({ env, clock, dashboard: "off", log: pino({ level: process.env.TEST_LOG ?? "silent" }) });
  let hub = await start();
  const credentials = credentialsSchema.parse(JSON.parse(await readFile(hub.credentials, "utf8")));
  const localKey = credentials[hub.url]?.key ?? "";
  const owner = await findOwner(database.db);
  if (owner === null) throw new Error("the hub has made no owner");
  const wanted = { name: "tests", scopes: ["admin" as const], project: null, expiresAtMs: null };
  const { secret: key } = await makeKey(database.db, {
    ...wanted,
    nowMs: clock.wallMs(),
    team: owner.team.id,
    createdBy: owner.id,
  });

  const socketOptions = (auth: Record<string, unknown>, extraHeaders: Record<string, string> = {}) => ({
    transports: ["websocket"],
    forceNew: true,
    reconnectionDelay: 50,
    auth: { protocol: PROTOCOL_VERSION, ...auth },
    extraHeaders,
  });
  function keep<S extends { disconnect: () => unknown }>(socket: S): S {
    sockets.add(socket);
    return socket;
  }

  return {
    get hub() {
      return hub;
    },
    get url() {
      return hub.url;
    },
    key,
    localKey,
    database,
    restart: async () => {
      env.TAILBONE_PORT = new URL(hub.url).port;
      await hub.close();
      hub = await start();
    },
    addTeam: async () => {
      const team = await database.addTeam("others");
      const { secret, hash, start } = makeSecret();
      await database.db.insert(apikey).values({
        id: uuidv7(),
        name: "theirs",
        teamId: team,
        key: hash,
        start,
        scopes: ["admin"],
        createdAt: new Date(),
      });
      return { team, key: secret };
    },
    fetch: (path, { key: secret = key, headers, ...init } = {}) =>
      fetch(`${hub.url}${path}`, {
        redirect: "manual",
        ...init,
        headers: { ...(secret === null ? {} : { authorization: `Bearer ${secret}` }), ...headers },
      }),
    signIn: async () => {
      const response = await fetch(hub.signInLink, { redirect: "manual" });
      return response.headers
        .getSetCookie()
        .map((cookie) => cookie.split(";")[0])
        .join("; ");
    },
    writer: (auth = { key }) => keep(io(`${hub.url}${INGEST_NAMESPACE}`, socketOptions(auth))),
    viewer: (auth = { key }, headers) => keep(io(`${hub.url}${LIVE_NAMESPACE}`, socketOptions(auth, headers))),
    close: async () => {
      for (const socket of sockets) socket.disconnect();
      await hub.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A request that opens a writer on a new run. */
export function openRequest(overrides: Partial<OpenWriter> = {}): OpenWriter {
  return {
    run: uuidv7(),
    writer: uuidv7(),
    project: "digits",
    mode: "create",
    config: { lr: 0.1 },
    tags: ["baseline"],
    startedAtMs: Date.now(),
    ...overrides,
  };
}

/** A frame with `points` values of the series `loss`: n is the sequence times `points`, and so on. */
export function lossFrame(sequence: number, points = 1): Uint8Array<ArrayBuffer> {
  const steps = Float64Array.from({ length: points }, (_, index) => sequence * points + index);
  const group: Frame["groups"][number] = {
    names: ["loss"],
    steps,
    timesMs: steps.map((step) => 1_700_000_000_000 + step),
    values: [steps.map((step) => 1 / (step + 1))],
  };
  return encodeFrame({ sequence, sealedAtMs: Date.now(), groups: [group], records: [] });
}

/** The value of a reply; throws its error. */
export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw Object.assign(new Error(reply.error.message), reply.error);
}

/** Resolves with the next event of that name that `accept` takes. */
export function nextEvent<E extends keyof LiveServerEvents>(
  viewer: ViewerSocket,
  event: E,
  accept: (value: Parameters<LiveServerEvents[E]>[0]) => boolean = () => true,
): Promise<Parameters<LiveServerEvents[E]>[0]> {
  return new Promise((resolve) => {
    viewer.onAny((name: string, value: Parameters<LiveServerEvents[E]>[0]) => {
      if (name === event && accept(value)) resolve(value);
    });
  });
}

/** The body of an answer that is as the schema says. */
export async function readJson<Schema extends z.ZodType>(response: Response, schema: Schema): Promise<z.infer<Schema>> {
  return schema.parse(await response.json());
}
