import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, expect, test } from "vitest";
import { type Embedded, openEmbedded } from "./embedded";

const folders: string[] = [];
const servers: Embedded[] = [];
const others: ChildProcess[] = [];

function makeFolder(mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), "tailbone-embedded-"));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

async function start(dataDir: string): Promise<Embedded> {
  const server = await openEmbedded({ dataDir });
  servers.push(server);
  return server;
}

/** Where the cluster of a data folder lies. */
function clusterOf(dataDir: string): string {
  const pointer = join(dataDir, "postgres.location");
  return existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : join(dataDir, "postgres");
}

async function query<T>(url: string, text: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe<T[]>(text))];
  } finally {
    await sql.end();
  }
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  for (const other of others.splice(0)) other.kill("SIGKILL");
  for (const folder of folders.splice(0)) {
    rmSync(clusterOf(folder), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what was committed is there after an orderly end and after a kill, and nobody enters without the password", async () => {
  const folder = makeFolder(0o755);
  const first = await start(folder);
  await query(first.url, "create table kept as select 1 as n");
  await first.close();
  await first.exited;

  const second = await start(folder);
  await query(second.url, "insert into kept values (2)");
  process.kill(second.pid, "SIGKILL");
  await second.exited;

  const third = await start(folder);
  expect(await query(third.url, "select n from kept order by n")).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await query(third.url, "show fsync")).toEqual([{ fsync: "on" }]);
  expect(await query(third.url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  const guess = new URL(third.url);
  guess.password = "guess";
  await expect(query(guess.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  const cluster = clusterOf(folder);
  for (const name of readdirSync(cluster)) expect(statSync(join(cluster, name)).mode & 0o077, name).toBe(0);
});

test("a server that a killed hub has left behind is stopped, and the next one goes on with its data", async () => {
  const folder = makeFolder(0o755);
  const left = await start(folder);
  await query(left.url, "create table kept as select 1 as n");
  const next = await start(folder);
  await left.exited;
  expect(next.pid).not.toBe(left.pid);
  expect(await query(next.url, "select n from kept")).toEqual([{ n: 1 }]);
});

test("a process that has got the id of a killed server is left alone", async () => {
  const folder = makeFolder(0o755);
  const killed = await start(folder);
  process.kill(killed.pid, "SIGKILL");
  await killed.exited;
  const other = spawn(process.execPath, ["-e", "console.log('up'); setInterval(() => {}, 1000)"]);
  others.push(other);
  await once(other.stdout, "data");
  const file = join(clusterOf(folder), "cluster/postmaster.pid");
  const [, ...rest] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, [other.pid, ...rest].join("\n"));
  const next = await start(folder);
  expect(await query(next.url, "select 1 as n")).toEqual([{ n: 1 }]);
  expect(other.exitCode ?? other.signalCode).toBeNull();
});

test("a data folder that is closed to others serves too, and is found again", async () => {
  const folder = makeFolder(0o700);
  const first = await start(folder);
  await query(first.url, "create table kept as select 1 as n");
  await first.close();
  const second = await start(folder);
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 1 }]);
});

test("a server that cannot start says why, in its own words", async () => {
  const folder = makeFolder(0o755);
  const server = await start(folder);
  await server.close();
  writeFileSync(join(clusterOf(folder), "cluster/postgresql.auto.conf"), "work_mem = 'plenty'\n");
  await expect(openEmbedded({ dataDir: folder })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("work_mem"),
  });
});
