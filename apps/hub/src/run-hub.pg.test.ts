import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openTestDatabase } from "@tailbone/db/server/testing";
import { INGEST_NAMESPACE } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io } from "socket.io-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { lossFrame, openRequest, unwrap, type WriterSocket } from "./test-hub";

/*
 * Hubs as processes of their own, as `tailbone start` runs them: from the sources, through tsx.
 */

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const credentialsSchema = z.record(z.string(), z.object({ key: z.string() }));

let folder: string;
let processes: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tailbone-run-"));
  processes = [];
});
afterEach(async () => {
  for (const each of processes) {
    if (each.exitCode === null && each.signalCode === null) each.kill("SIGTERM");
    if (each.exitCode === null && each.signalCode === null) await once(each, "exit");
  }
  // Where the database's user cannot enter the folder, its files lie elsewhere.
  const elsewhere = await readFile(join(folder, "data/postgres.location"), "utf8").catch(() => null);
  if (elsewhere !== null) await rm(elsewhere.trim(), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  process: ChildProcess;
  output: () => string;
  exited: Promise<number | null>;
  /** Resolves with the URL once the hub serves. */
  url: Promise<string>;
}

function start(env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    env: {
      ...process.env,
      VITEST: undefined,
      NODE_ENV: undefined,
      TAILBONE_PORT: "0",
      TAILBONE_DATA: join(folder, "data"),
      TAILBONE_CONFIG_HOME: join(folder, "config"),
      TAILBONE_LOG_LEVEL: "warn",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  processes.push(child);
  let text = "";
  const url = new Promise<string>((resolve, reject) => {
    child.once("close", () => reject(new Error(`The hub ended before it served:\n${text}`)));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        text += `${line}\n`;
        const found = /serves at (\S+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
  });
  url.catch(() => {});
  const exited = once(child, "close").then(([code]: unknown[]) => (typeof code === "number" ? code : null));
  return { process: child, output: () => text, exited, url };
}

async function keyOf(url: string): Promise<string> {
  const text = await readFile(join(folder, "config/credentials.json"), "utf8");
  return credentialsSchema.parse(JSON.parse(text))[url]?.key ?? expect.fail(text);
}

function connectWriter(url: string, key: string): WriterSocket {
  return io(`${url}${INGEST_NAMESPACE}`, {
    transports: ["websocket"],
    forceNew: true,
    auth: { protocol: PROTOCOL_VERSION, key },
  });
}

test("SIGTERM answers what was accepted, ends with 0, and the next start has it all", async () => {
  const first = start();
  const url = await first.url;
  const key = await keyOf(url);
  const socket = connectWriter(url, key);
  const request = openRequest();
  const address = { run: request.run, writer: request.writer };
  unwrap(await socket.emitWithAck("writer:open", request));
  let acked = 0;
  const answers = Array.from({ length: 500 }, (_, sequence) =>
    socket
      .timeout(20_000)
      .emitWithAck("frame:append", address, lossFrame(sequence, 20))
      .then((reply) => {
        if (reply.ok) acked = Math.max(acked, reply.value.next);
      })
      .catch(() => {}),
  );
  await answers[0];
  first.process.kill("SIGTERM");
  expect(await first.exited).toBe(0);
  socket.disconnect();
  expect(acked).toBeGreaterThan(0);

  const second = start({ TAILBONE_PORT: new URL(url).port });
  await second.url;
  const run = await fetch(`${url}/api/v1/runs/${request.run}`, { headers: { authorization: `Bearer ${key}` } });
  const { offset, points } = z.object({ offset: z.number(), points: z.number() }).parse(await run.json());
  expect(offset).toBeGreaterThanOrEqual(acked);
  expect(points).toBe(offset * 20);
  expect(await keyOf(url)).toBe(key);
});

test("a port in use is said, with what to do, and nothing is left behind", async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  const address = blocker.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const hub = start({ TAILBONE_PORT: String(port) });
  expect(await hub.exited).toBe(1);
  expect(hub.output()).toContain(`Port ${port} on 127.0.0.1 is in use`);
  expect(hub.output()).toContain("TAILBONE_PORT");
  blocker.close();
  const free = start({ TAILBONE_PORT: String(port) });
  expect(await free.url).toBe(`http://127.0.0.1:${port}`);
});

test("a second hub on the same data folder is refused, and the first goes on", async () => {
  const first = start();
  const url = await first.url;
  const second = start();
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(join(folder, "data"));
  expect(second.output()).toContain("TAILBONE_DATA");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("a second hub on the same database is refused and told who has it, until that one is gone", async () => {
  const database = await openTestDatabase();
  try {
    const first = start({ DATABASE_URL: database.url });
    const url = await first.url;
    const elsewhere = { DATABASE_URL: database.url, TAILBONE_DATA: join(folder, "other") };
    const second = start(elsewhere);
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`Another hub has the database (process ${first.process.pid} on ${hostname()}`);
    expect(second.output()).toContain("DATABASE_URL");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    first.process.kill("SIGKILL");
    const third = start(elsewhere);
    expect((await fetch(`${await third.url}/healthz`)).status).toBe(200);
    third.process.kill("SIGTERM");
    expect(await third.exited).toBe(0);
  } finally {
    await database.close();
  }
});

test("a hub whose embedded database dies stops loudly", async () => {
  const hub = start();
  await hub.url;
  const postmaster = await readFile(await clusterFile(), "utf8");
  process.kill(Number(postmaster.split("\n")[0]), "SIGKILL");
  expect(await hub.exited).toBe(1);
  expect(hub.output()).toContain("its database ended");
});

test("a hub that was killed starts again on what it left behind", async () => {
  const first = start();
  const url = await first.url;
  first.process.kill("SIGKILL");
  await first.exited;
  const second = start({ TAILBONE_PORT: new URL(url).port });
  expect(await second.url).toBe(url);
  const me = await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${await keyOf(url)}` } });
  expect(me.status).toBe(200);
});

test("a hub on every interface says what that means, and prints a link that works", async () => {
  const hub = start({ TAILBONE_HOST: "0.0.0.0" });
  const url = await hub.url;
  expect(new URL(url).hostname).not.toBe("0.0.0.0");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const key = await keyOf(url);
  expect((await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  await expect.poll(hub.output).toContain("every interface");
});

/** Where PostgreSQL says which process it is. */
async function clusterFile(): Promise<string> {
  const inside = join(folder, "data/postgres/cluster/postmaster.pid");
  const location = await readFile(join(folder, "data/postgres.location"), "utf8").catch(() => null);
  return location === null ? inside : join(location.trim(), "cluster/postmaster.pid");
}
