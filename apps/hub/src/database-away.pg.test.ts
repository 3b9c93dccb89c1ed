import { connect, createServer, type Server, type Socket } from "node:net";
import { openDatabase } from "@tailbone/db/server/database";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { lossFrame, openRequest, startTestHub, type TestHub, unwrap } from "./test-hub";

/** The way to a database, which can be cut and mended. */
async function openWay(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  let isFrozen = false;
  async function mend(): Promise<void> {
    const next = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on("error", () => {});
        from.on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
        if (isFrozen) from.pause();
      }
    });
    await new Promise<void>((resolve) => next.listen(port, "127.0.0.1", resolve));
    const address = next.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
    server = next;
  }
  await mend();
  const url = new URL(databaseUrl);
  url.port = String(port);
  return {
    url: url.href,
    mend,
    /** Lets nothing through from now on, and cuts nothing. */
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    cut: () => {
      server?.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

let hub: TestHub;
let cookie: string;
let way: Awaited<ReturnType<typeof openWay>>;
beforeAll(async () => {
  hub = await startTestHub({}, async (databaseUrl) => {
    way = await openWay(databaseUrl);
    return way.url;
  });
  cookie = await hub.signIn();
});
afterAll(async () => {
  await hub.close();
  way.cut();
});

test("a database that goes away and returns: writers are told to wait, and go on by themselves", async () => {
  const socket = hub.writer();
  const request = openRequest();
  const address = { run: request.run, writer: request.writer };
  unwrap(await socket.emitWithAck("writer:open", request));
  unwrap(await socket.emitWithAck("frame:append", address, lossFrame(0)));

  way.cut();
  const refused = await socket.emitWithAck("frame:append", address, lossFrame(1));
  expect(refused).toMatchObject({ ok: false, error: { code: "unavailable" } });
  const health = await hub.fetch("/healthz");
  expect([health.status, await health.json()]).toMatchObject([503, { error: { code: "unavailable" } }]);
  const unknown = await hub.fetch("/api/v1/me", { key: `tb_${"u".repeat(64)}` });
  expect(unknown.status).toBe(503);
  const session = await hub.fetch("/api/v1/me", { key: null, headers: { cookie } });
  expect(session.status).toBe(503);

  await way.mend();
  await expect
    .poll(async () => (await socket.emitWithAck("frame:append", address, lossFrame(1))).ok, { timeout: 20_000 })
    .toBe(true);
  const points = await hub.fetch(`/api/v1/runs/${request.run}/points?series=loss&raw=1`);
  expect(await points.json()).toMatchObject({ offset: 2, steps: [0, 1] });
});

test("a database that takes questions and does not answer: whoever watches the hub is told so, however many ask", async () => {
  expect((await hub.fetch("/healthz")).status).toBe(200);
  way.freeze();
  const asked = await Promise.all(Array.from({ length: 30 }, () => hub.fetch("/healthz")));
  expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 503));
  expect(await asked[0]?.json()).toMatchObject({ error: { code: "unavailable" } });
  way.thaw();
  await vi.waitFor(async () => expect((await hub.fetch("/healthz")).status).toBe(200), { timeout: 20_000 });
});

test("a hub that has lost the database's lock stores nothing until it has it again", async () => {
  const socket = hub.writer();
  const request = openRequest();
  const address = { run: request.run, writer: request.writer };
  unwrap(await socket.emitWithAck("writer:open", request));
  const append = (sequence: number) => socket.emitWithAck("frame:append", address, lossFrame(sequence));
  unwrap(await append(0));

  // Whoever is connected to the database stays so; the lock's session cannot be made anew.
  const direct = hub.database.db.$client;
  await direct`select 1`;
  const other = new URL(hub.database.url);
  const name = other.pathname.slice(1);
  other.pathname = "/template1";
  const { $client: sql } = openDatabase({ url: other.href, connections: 1 });
  const admit = (may: boolean) => sql.unsafe(`alter database "${name}" with allow_connections ${may}`);
  await admit(false);
  await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted`;
  await vi.waitFor(async () => expect(await append(1)).toMatchObject({ ok: false, error: { code: "unavailable" } }));
  const reopened = await socket.emitWithAck("writer:open", { ...request, writer: uuidv7() });
  expect(reopened).toMatchObject({ ok: false, error: { code: "unavailable", retryAfterMs: 500 } });
  const [stored] = await direct`select next_sequence as next from writer where id = ${request.writer}`;
  const next = Number(stored?.next);
  expect(await append(next)).toMatchObject({ ok: false, error: { code: "unavailable" } });
  expect(await direct`select next_sequence as next from writer where id = ${request.writer}`).toEqual([stored]);

  await admit(true);
  await sql.end();
  await vi.waitFor(async () => expect(unwrap(await append(next)).next).toBe(next + 1), { timeout: 20_000 });
});
