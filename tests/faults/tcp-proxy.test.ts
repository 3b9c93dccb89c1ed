import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TcpProxy } from "./tcp-proxy";

let echo: Server;
let proxy: TcpProxy;
beforeEach(async () => {
  echo = createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const address = echo.address();
  proxy = await TcpProxy.open(typeof address === "object" && address !== null ? address.port : 0);
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

function open(): Socket {
  return connect(proxy.port, "127.0.0.1").on("error", () => {});
}

const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once("close", resolve));

async function read(socket: Socket, length: number): Promise<string> {
  let text = "";
  while (text.length < length) text += String((await once(socket, "data"))[0]);
  return text;
}

test("what is sent arrives, whole and in order, and ends in order", async () => {
  const socket = open();
  const text = "0123456789".repeat(50_000);
  socket.write(text);
  expect(await read(socket, text.length)).toBe(text);
  socket.end();
  await closed(socket);
});

test("a cut comes after so many bytes, and connections made after it live", async () => {
  proxy.after("down", 3, () => proxy.reset());
  const socket = open();
  socket.write("abc");
  await closed(socket);
  const next = open();
  next.write("abc");
  expect(await read(next, 3)).toBe("abc");
});

test("what a stalled network holds goes on when it is healed; a closed one takes nobody", async () => {
  const socket = open();
  socket.write("a");
  expect(await read(socket, 1)).toBe("a");
  proxy.stall();
  socket.write("b");
  proxy.heal();
  expect(await read(socket, 1)).toBe("b");
  proxy.shut();
  await closed(socket);
  await closed(open());
  proxy.heal();
  const next = open();
  next.write("c");
  expect(await read(next, 1)).toBe("c");
});
