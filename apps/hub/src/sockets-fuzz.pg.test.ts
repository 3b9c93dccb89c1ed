import { INGEST_NAMESPACE, LIVE_NAMESPACE } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import fc from "fast-check";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostileJson, orHostile } from "./hostile.test-util";
import { lossFrame, openRequest, startTestHub, type TestHub, unwrap } from "./test-hub";

/*
 * Events that are hostile in part: each request is answered, by what was asked for or by an expected error, and nobody
 * else notices. Bounded by the number of events.
 */
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.close());

const request = openRequest();
const address = { run: request.run, writer: request.writer };

const hostileObject = (usual: object): fc.Arbitrary<unknown> =>
  orHostile(
    fc.record(Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, orHostile(fc.constant(value))]))),
  );
const hostileFrame = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.constant(lossFrame(0)),
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([place, value]) => {
    const frame = lossFrame(1, 3);
    frame[place % frame.length] = value;
    return frame;
  }),
  hostileJson,
);

/** Events of a namespace with what they carry; the answer comes last. */
const writerEvents: fc.Arbitrary<readonly [string, ...unknown[]]> = fc.oneof(
  hostileObject(request).map((payload) => ["writer:open", payload] as const),
  fc.tuple(hostileObject(address), hostileFrame).map((payload) => ["frame:append", ...payload] as const),
);
const viewerEvents: fc.Arbitrary<readonly [string, ...unknown[]]> = fc.oneof(
  hostileObject({ run: request.run, offset: 0 }).map((payload) => ["run:follow", payload] as const),
  hostileObject({ project: request.run }).map((payload) => ["project:follow", payload] as const),
);
/** Events that nobody answers, and such as nobody knows. */
const unanswered: fc.Arbitrary<readonly [string, ...unknown[]]> = fc.oneof(
  hostileObject(address).map((payload) => ["writer:beat", payload] as const),
  hostileObject({ run: request.run }).map((payload) => ["run:leave", payload] as const),
  hostileObject({ project: request.run }).map((payload) => ["project:leave", payload] as const),
  fc.array(hostileJson, { maxLength: 3 }).map((payload) => ["run:follow", ...payload] as const),
  fc.array(hostileJson, { maxLength: 3 }).map((payload) => ["frame:append", ...payload] as const),
  fc.tuple(fc.string({ minLength: 1 }), hostileJson).map(([name, payload]) => [`x:${name}`, payload] as const),
);

/** A socket that takes any event: what the types of the protocol forbid is what is to be tried. */
const open = (namespace: string): Socket =>
  io(`${hub.url}${namespace}`, {
    transports: ["websocket"],
    forceNew: true,
    auth: { protocol: PROTOCOL_VERSION, key: hub.key },
  });

test.each([
  ["writer", INGEST_NAMESPACE, writerEvents],
  ["viewer", LIVE_NAMESPACE, viewerEvents],
])(
  "no event of a %s makes the hub fail, and each request is answered",
  async (_, namespace, events) => {
    const bystander = hub.writer();
    unwrap(await bystander.emitWithAck("writer:open", request));
    const socket = open(namespace);
    await fc.assert(
      fc.asyncProperty(events, unanswered, async (asked, told) => {
        socket.emit(...told);
        const reply = await socket.emitWithAck(...asked);
        expect(reply).not.toMatchObject({ error: { code: "internal" } });
        expect(reply).toMatchObject({ ok: expect.any(Boolean) });
      }),
      { numRuns: 400 },
    );
    socket.disconnect();
    expect(bystander.connected).toBe(true);
    expect(unwrap(await bystander.emitWithAck("writer:open", request))).toMatchObject({ run: request.run });
  },
  120_000,
);
