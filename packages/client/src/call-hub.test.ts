import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { TailboneError } from "@tailbone/protocol/errors";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { callHub, type HubAddress } from "./call-hub";

/* Against a real server that answers whatever a test says. */

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let hub: HubAddress;
let answer: Answer;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : expect.fail("no port");
  hub = { url: `http://127.0.0.1:${port}`, key: "tb_key", hints: { away: "Start it.", foreign: "Look again." } };
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
});

const says =
  (status: number, text: string): Answer =>
  (_, response) =>
    response.writeHead(status).end(text);

const call = (): Promise<unknown> => callHub(hub, z.object({ n: z.number() }), "/things");
const failure = async (calling: Promise<unknown>): Promise<TailboneError> => {
  const error = await calling.catch((thrown: unknown) => thrown);
  return error instanceof TailboneError ? error : expect.fail(`no failure, but ${error}`);
};

test("asks below the API's prefix, with the key, without what is null, and gives what the schema takes", async () => {
  let asked: IncomingMessage | undefined;
  answer = (request, response) => {
    asked = request;
    says(200, '{"n":1,"more":2}')(request, response);
  };
  const query = { a: "x,y", b: 0, c: null, d: undefined };
  expect(await callHub(hub, z.object({ n: z.number() }), "/things", { query })).toEqual({ n: 1 });
  expect(asked?.url).toBe("/api/v1/things?a=x%2Cy&b=0");
  expect(asked?.headers.authorization).toBe("Bearer tb_key");
  await callHub(hub, z.object({}), "/things", { method: "POST", body: {}, authorization: "Other proof" });
  expect([asked?.method, asked?.headers.authorization]).toEqual(["POST", "Other proof"]);
});

test("what the hub has against a request is said as the hub says it; but who comes with no key, or a wrong one, is told which", async () => {
  const refuse = (code: string): Answer => says(401, JSON.stringify({ error: { code, message: "No.", hint: "So." } }));
  answer = refuse("conflict");
  expect(await failure(call())).toMatchObject({ code: "conflict", message: "No.", hint: "So." });
  answer = refuse("unauthenticated");
  expect(await failure(call())).toMatchObject({ message: "No.", hint: "So." });
  hub = { ...hub, hints: { ...hub.hints, stranger: "Make one." } };
  expect(await failure(call())).toMatchObject({
    message: `The hub at ${hub.url} does not know this key.`,
    hint: "Make one.",
  });
  hub = { ...hub, key: undefined };
  expect(await failure(call())).toMatchObject({ message: `There is no key for the hub at ${hub.url}.` });
});

test("what is no hub, or one of another release, is told from one that is away", async () => {
  for (const [status, text] of [
    [200, "<html>"],
    [404, "<html>"],
    [502, '{"error":"of another kind"}'],
  ] as const) {
    answer = says(status, text);
    expect(await failure(call())).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`status ${status}`),
      hint: "Look again.",
    });
  }
  answer = says(200, '{"n":"one"}');
  expect(await failure(call())).toMatchObject({
    code: "version_mismatch",
    message: expect.stringMatching(/not understood \(n: /),
    hint: "Look again.",
  });
  answer = (_, response) => {
    response.writeHead(200, { "content-length": 100 }).write("half");
    response.destroy();
  };
  expect(await failure(call())).toMatchObject({ code: "unavailable", hint: "Start it." });
  server.closeAllConnections();
  server.close();
  await once(server, "close");
  expect(await failure(call())).toMatchObject({
    message: `The hub at ${hub.url} cannot be reached: nothing listens there.`,
    hint: "Start it.",
  });
});

test("an abort is thrown as it is, and is no failure of the hub", async () => {
  const abort = new AbortController();
  answer = () => abort.abort();
  await expect(callHub(hub, z.object({}), "/things", { signal: abort.signal })).rejects.toThrow(
    expect.objectContaining({ name: "AbortError" }),
  );
});
