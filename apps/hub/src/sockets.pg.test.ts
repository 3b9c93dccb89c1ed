import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@tailbone/base/clock";
import { apikey } from "@tailbone/db/schema/access";
import { openTestDatabase, type TestDatabase } from "@tailbone/db/server/testing";
import { INGEST_NAMESPACE } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { makeSecret } from "@tailbone/services/key-secret";
import { io } from "socket.io-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOrigins } from "./auth/origins";
import { createServices } from "./create-services";
import { createLog } from "./log";
import { parseSettings } from "./settings";
import { attachSockets } from "./sockets";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

// Sooner than all sockets are looked at again, which is every 30 s.
test("a key that is revoked between being found good and entering has entered for nothing", async () => {
  const { db } = database;
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const services = createServices({
    db,
    holdsDatabase: () => true,
    clock: systemClock,
    epoch: randomUUID(),
    secret: "a secret of this test that is long enough",
    origins: findOrigins("127.0.0.1", port, undefined, []),
    log: createLog("silent"),
    wakeDispatcher: () => {},
    send: async () => {},
    mailInvitation: null,
    quotas: parseSettings({}).quotas,
  });
  const team = await database.addTeam();
  const { secret: key, hash, start } = makeSecret();
  const id = randomUUID();
  const named = { id, name: "racing", teamId: team, key: hash, start };
  await db.insert(apikey).values({ ...named, scopes: ["ingest"], createdAt: new Date() });

  // The way from the one to the other, which the test holds open the first time.
  let found: () => void = () => {};
  let goOn: () => void = () => {};
  const isFound = new Promise<void>((resolve) => {
    found = resolve;
  });
  const mayGoOn = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let entered = 0;
  const sockets = attachSockets(server, {
    ...services,
    resolveCaller: async (credentials) => {
      const resolved = await services.resolveCaller(credentials);
      found();
      await mayGoOn;
      return resolved;
    },
    connectWriter: () => {
      entered++;
    },
    connectViewer: services.live.connect,
  });
  const auth = { protocol: PROTOCOL_VERSION, key };
  const socket = io(`http://127.0.0.1:${port}${INGEST_NAMESPACE}`, { transports: ["websocket"], auth });
  const refused = new Promise<Error & { data?: unknown }>((resolve) => socket.once("connect_error", resolve));

  await isFound;
  await db.$client`delete from apikey where id = ${id}`;
  services.keys.forget();
  services.admissions.cut(({ by }) => by.kind === "key" && by.id === id);
  goOn();
  expect((await refused).data).toMatchObject({ code: "unauthenticated" });
  expect([entered, socket.connected]).toEqual([1, false]);

  socket.disconnect();
  sockets.close();
  services.live.close();
  await services.securityLog.close();
  server.close();
}, 20_000);
