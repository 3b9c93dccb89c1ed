import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FrontDoor, openFrontDoor } from "./front-door";

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor("127.0.0.1", 0);
});
afterEach(() => door.close());

/** A connection that asks for a WebSocket; resolves once the server has been asked. */
async function upgrade(path: string): Promise<Socket> {
  const asked = once(door.server, "upgrade");
  const socket = connect(door.port, "127.0.0.1").on("error", () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  await asked;
  return socket;
}

test("who comes while the hub still starts is turned away, to come again, rather than left waiting", async () => {
  for (const path of ["/socket.io/?transport=websocket", "/_next/hmr"]) {
    const socket = await upgrade(path);
    await new Promise((resolve) => socket.once("close", resolve));
  }
});

test("a connection that is reset while nobody has taken it yet ends nothing but itself", async () => {
  const taken: unknown[] = [];
  const pass = (): void => {};
  door.open({ api: pass, pages: pass, upgrade: (_request, socket) => taken.push(socket), isKnownHost: () => true });
  for (const path of ["/socket.io/?transport=websocket", "/_next/hmr"]) {
    const closed = new Promise((resolve) => door.server.once("upgrade", (_, socket) => socket.once("close", resolve)));
    (await upgrade(path)).resetAndDestroy();
    await closed;
  }
  expect(taken.length).toBe(1);
});
