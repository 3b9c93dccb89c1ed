import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type HoldOptions, holdDatabase } from "./hold-database";
import { openTestDatabase, type TestDatabase } from "./testing";

let database: TestDatabase;
let releases: (() => unknown)[];
beforeAll(async () => {
  database = await openTestDatabase();
  releases = [];
});
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});
afterAll(() => database.close());

const fail: HoldOptions["onLost"] = (what) => expect.fail(what);

async function hold(url = database.url, onLost = fail): Promise<() => Promise<void>> {
  const { release } = await holdDatabase({ url, onLost });
  releases.push(release);
  return release;
}

/** The sessions that hold the lock, by the server's ids. */
async function holders(): Promise<number[]> {
  const rows = await database.db.$client<{ pid: number }[]>`
    select pid from pg_locks where locktype = 'advisory' and granted`;
  return rows.map(({ pid }) => pid);
}

test("a database has one hub; the next is told which, and gets it when that one is gone", async () => {
  const release = await hold();
  await expect(hold()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(new RegExp(`process ${process.pid} on .* from 127.0.0.1 since \\d{4}-`)),
  });
  await release();
  await (await hold())();
});

test("a session that the server has ended is made anew, with its lock", async () => {
  await hold();
  const [first] = await holders();
  await database.db.$client`select pg_terminate_backend(${first ?? 0})`;
  await expect.poll(async () => (await holders()).filter((pid) => pid !== first).length).toBe(1);
  await expect(holdDatabase({ url: database.url, onLost: fail })).rejects.toMatchObject({ code: "conflict" });
});

test("who comes back and finds another there is told to stop", async () => {
  const way = await openWay();
  let tell: (what: string) => void = fail;
  const lost = new Promise<string>((resolve) => {
    tell = resolve;
  });
  await hold(way.url, tell);
  way.cut();
  await expect.poll(holders).toEqual([]);
  await hold();
  await way.mend();
  expect(await lost).toContain(`process ${process.pid}`);
});

test("a lock that only a broken session of its own still has is taken from that", async () => {
  const way = await openWay();
  await hold(way.url);
  const [first] = await holders();
  way.breakOff();
  await expect.poll(async () => (await holders()).filter((pid) => pid !== first).length).toBe(1);
});

/**
 * A way to the database that can be cut, so that both ends see it, mended, and broken off, so that the server does not
 * see it.
 */
async function openWay() {
  const target = new URL(database.url);
  const near = new Set<Socket>();
  const far = new Set<Socket>();
  let port = 0;
  let server: Server;
  async function mend(): Promise<void> {
    server = createServer((socket) => {
      const on = connect(Number(target.port), target.hostname);
      near.add(socket);
      far.add(on);
      for (const each of [socket, on]) each.on("error", () => {});
      socket.on("data", (bytes) => on.write(bytes));
      on.on("data", (bytes) => socket.write(bytes));
      on.on("close", () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  }
  await mend();
  const url = new URL(database.url);
  url.port = String(port);
  const breakOff = (): void => {
    for (const socket of near) socket.destroy();
    near.clear();
  };
  const cut = (): void => {
    server.close();
    breakOff();
    for (const socket of far) socket.destroy();
    far.clear();
  };
  releases.unshift(cut);
  return { url: url.href, mend, cut, breakOff };
}
