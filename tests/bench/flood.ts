// A client that floods: as many runs as it is told, each with a window of large frames always in flight. Run by the
// bench `fairness`. Without a key it floods a sink (sink.ts) in the place of a hub.
import { randomUUID } from "node:crypto";
import { encodeFrame } from "@tailbone/protocol/frame";
import type { Reply } from "@tailbone/protocol/sockets";
import { openSocket, openWriter } from "./ingest-client";

const [url = "", key = "", runs = "20"] = process.argv.slice(2);
const SERIES = 20;
const POINTS = 10_000;
const WINDOW = 4;

function makeFrame(sequence: number): Uint8Array {
  const steps = Float64Array.from({ length: POINTS }, (_, index) => sequence * POINTS + index);
  const group = {
    names: Array.from({ length: SERIES }, (_, series) => `metric/${series}`),
    steps,
    timesMs: steps.map((step) => 1.7e12 + step),
    values: Array.from({ length: SERIES }, (_, series) => steps.map((step) => Math.sin(step / (10 + series)))),
  };
  return encodeFrame({ sequence, sealedAtMs: Date.now(), groups: [group], records: [] });
}

let acked = 0;
let refused = 0;

type Send = (frame: Uint8Array) => Promise<Reply<{ next: number }>>;

async function openHub(): Promise<Send> {
  const socket = openSocket(url, key);
  const address = { run: randomUUID(), writer: randomUUID() };
  await openWriter(socket, address);
  return (frame) => socket.emitWithAck("frame:append", address, frame);
}

async function openSink(): Promise<Send> {
  let taken = 0;
  return async (frame) => {
    await (await fetch(url, { method: "POST", body: new Uint8Array(frame) })).text();
    return { ok: true, value: { next: ++taken } };
  };
}

/** Sends for ever, and comes back when the hub says so. */
async function flood(): Promise<void> {
  const send = await (key === "" ? openSink() : openHub());
  let next = 0;
  for (;;) {
    const from = next;
    const frames = Array.from({ length: WINDOW }, (_, index) => makeFrame(from + index));
    while (next < from + WINDOW) {
      const waiting = frames.slice(next - from);
      let waitMs = 0;
      const take = (reply: Awaited<ReturnType<Send>>): void => {
        if (reply.ok) {
          acked += Math.max(0, reply.value.next - next);
          next = Math.max(next, reply.value.next);
        } else if (reply.error.code === "rate_limited" || reply.error.code === "sequence_gap") {
          refused++;
          waitMs = Math.max(waitMs, reply.error.retryAfterMs ?? 0);
        } else throw new Error(reply.error.message);
      };
      await Promise.all(waiting.map(async (frame) => take(await send(frame))));
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

for (let run = 0; run < Number(runs); run++) {
  flood().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
process.stdout.write("flooding\n");
process.on("SIGTERM", () => {
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000;
  process.stdout.write(`${JSON.stringify({ acked, refused, points: acked * SERIES * POINTS, cpuMs })}\n`, () =>
    process.exit(0),
  );
});
