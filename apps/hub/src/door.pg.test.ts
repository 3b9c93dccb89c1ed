import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { cookiesOf } from "./auth/people.test-util";
import { startTestHub, type TestHub } from "./test-hub";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.close());

/** Asks under any `Host`, as a page whose name was turned to this machine does. */
const ask = (path: string, host: string, headers: Record<string, string> = {}) =>
  new Promise<number | string>((resolve) => {
    const asked = request(`${hub.url}${path}`, { headers: { ...headers, host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once("upgrade", (_response, socket) => {
      socket.destroy();
      resolve("upgraded");
    });
    asked.once("error", () => resolve("cut off"));
    asked.end();
  });

describe("a name that is not the hub's", () => {
  test("is answered nothing: no page, no API, no socket", async () => {
    const own = new URL(hub.url).host;
    for (const path of ["/", "/sign-in", "/api/v1/me", "/healthz", "/api/auth/sign-out"]) {
      expect([path, await ask(path, "evil.example:4400")]).toEqual([path, 403]);
    }
    expect(await ask("/healthz", own)).toBe(200);
    const polling = "/socket.io/?EIO=4&transport=polling";
    expect(await ask(polling, own)).toBe(200);
    expect(await ask(polling, "evil.example")).toBe(403);
    const key = Buffer.from("0123456789abcdef").toString("base64");
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": key,
    };
    const socket = "/socket.io/?EIO=4&transport=websocket";
    expect(await ask(socket, own, upgrade)).toBe("upgraded");
    expect(await ask(socket, "evil.example", upgrade)).toBe("cut off");
  });
});

describe("a socket that says not who it is", () => {
  const engineOf = (namespace: string) =>
    io(`${hub.url}${namespace}`, { transports: ["websocket"], forceNew: true, reconnection: false, auth: {} });

  test("enters nowhere, not by the namespace that Socket.IO opens by itself either, and is cut off", async () => {
    for (const namespace of ["/", "/live", "/ingest"]) {
      const socket = engineOf(namespace);
      const ended = new Promise<void>((resolve) => socket.io.once("close", () => resolve()));
      const refused = await new Promise<string>((resolve) => {
        socket.once("connect", () => resolve("let in"));
        socket.once("connect_error", (error) => resolve(error.message));
      });
      expect(refused).not.toBe("let in");
      await ended;
    }
  });

  test("is cut off when it leaves the last namespace that it was in", async () => {
    const poll = `${hub.url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(poll)).text();
    const { sid } = z.object({ sid: z.string() }).parse(JSON.parse(opened.slice(1)));
    const say = (packet: string) => fetch(`${poll}&sid=${sid}`, { method: "POST", body: packet });
    await say(`40/live,${JSON.stringify({ protocol: PROTOCOL_VERSION, key: hub.key })}`);
    expect(await (await fetch(`${poll}&sid=${sid}`)).text()).toContain("40/live,");
    await say("41/live,");
    // `1`: the hub closes the connection; what it knew of it is gone.
    let heard = "";
    for (let status = 200; status === 200 && !heard.split("\u001e").includes("1"); ) {
      const answer = await fetch(`${poll}&sid=${sid}`);
      status = answer.status;
      heard = status === 200 ? await answer.text() : "1";
    }
    expect((await fetch(`${poll}&sid=${sid}`)).status).toBe(400);
  });
});

test("over HTTPS the session's cookie is for this host alone, and no neighbour can set it", async () => {
  const secure = await startTestHub({ TAILBONE_URL: "https://tailbone.example.org" });
  const { pathname, search } = new URL(secure.hub.signInLink);
  const credentials = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(await readFile(secure.hub.credentials, "utf8")));
  const local = Object.keys(credentials).find((origin) => origin.startsWith("http://127.0.0.1")) ?? expect.fail();
  const response = await fetch(`${local}${pathname}${search}`, {
    redirect: "manual",
    headers: { "x-forwarded-proto": "https" },
  });
  const [cookie = expect.fail("no cookie")] = response.headers
    .getSetCookie()
    .filter((each) => each.includes("session_token"));
  expect(cookie).toMatch(/^__Host-tailbone\.session_token=/);
  expect(cookie).toMatch(/; Path=\/(;|$)/);
  expect(cookie).toMatch(/; HttpOnly/);
  expect(cookie).toMatch(/; Secure/);
  expect(cookie).not.toMatch(/Domain/i);
  const me = await fetch(`${local}/api/v1/me`, { headers: { cookie: cookiesOf(response) } });
  expect(me.status).toBe(200);
  await secure.close();
});
