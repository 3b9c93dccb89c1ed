import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FrontDoor, openFrontDoor } from "../http/front-door";
import { createDashboardProxy, type DashboardProxy } from "./proxy";

let pages: Server;
let door: FrontDoor;
let proxy: DashboardProxy;
let url: string;
beforeEach(async () => {
  pages = createServer((incoming, response) => {
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.end(JSON.stringify({ path: incoming.url, host: incoming.headers.host, cookie: incoming.headers.cookie }));
  });
  pages.on("upgrade", (_incoming, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  door = await openFrontDoor("127.0.0.1", 0);
  proxy = createDashboardProxy(pino({ level: "silent" }));
  url = `http://127.0.0.1:${door.port}`;
});
afterEach(() => {
  proxy.close();
  door.close();
  pages.close();
  pages.closeAllConnections();
});

function openDoor(): void {
  const api = (_: unknown, response: { end: (text: string) => void }) => response.end("api");
  door.open({ api, pages: proxy.web, upgrade: proxy.upgrade, isKnownHost: () => true });
  const address = pages.address();
  if (typeof address === "object" && address !== null) proxy.aim(`http://127.0.0.1:${address.port}`);
}

test("a hub that starts says so, and holds its port", async () => {
  const response = await fetch(`${url}/api/v1/me`);
  expect([response.status, await response.json()]).toMatchObject([503, { error: { code: "unavailable" } }]);
  await expect(openFrontDoor("127.0.0.1", door.port)).rejects.toMatchObject({ code: "conflict" });
});

test("pages come from the dashboard, under the name that the browser asked for, with their cookies", async () => {
  openDoor();
  const response = await fetch(`${url}/runs/1?x=2`, { headers: { cookie: "session=3" } });
  expect(await response.json()).toEqual({ path: "/runs/1?x=2", host: new URL(url).host, cookie: "session=3" });
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(response.headers.get("x-frame-options")).toBe("DENY");
  expect(response.headers.get("content-security-policy")).toMatch(/script-src [^;]*'nonce-.*frame-ancestors 'none'/);
  for (const path of ["/api", "/api/v1/runs", "/healthz", "/metrics?x=1"]) {
    expect(await (await fetch(`${url}${path}`)).text()).toBe("api");
  }
  expect(await (await fetch(`${url}/apiary`)).json()).toMatchObject({ path: "/apiary" });
});

test("a dashboard that is gone is said, and asked again", async () => {
  openDoor();
  pages.close();
  pages.closeAllConnections();
  const page = await fetch(`${url}/runs`, { headers: { accept: "text/html" } });
  expect([page.status, page.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await page.text()).toContain("does not answer");
});

test("the dashboard's own sockets pass", async () => {
  openDoor();
  const upgrade = request(`${url}/_next/hmr`, { headers: { connection: "upgrade", upgrade: "websocket" } });
  upgrade.end();
  const [, socket] = await once(upgrade, "upgrade");
  socket.write("hello");
  const [data] = await once(socket, "data");
  expect(String(data)).toBe("hello");
  socket.destroy();
});
