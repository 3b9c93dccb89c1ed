import { randomUUID } from "node:crypto";
import { encodeFrame } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";
import { LIVE_NAMESPACE, type LiveClientEvents, type LiveServerEvents } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";
import { openPlace, type Stack, startStack } from "../support/stack";
import { openSocket, openWriter } from "./ingest-client";
import { report } from "./report";

const VIEWERS = 10;
const SECONDS = 70;
const HZ = 10;
/** A frame has so many points of each of so many series, and so many alerts, of which each goes to every viewer. */
const SERIES = 10;
const POINTS = 100;
const ALERTS = 100;
const TEXT = "x".repeat(4096);

/** Follows the run, and then reads nothing that it is sent. */
async function connectDeafViewer(stack: Stack, run: string): Promise<() => void> {
  const socket: Socket<LiveServerEvents, LiveClientEvents> = io(`${stack.url}${LIVE_NAMESPACE}`, {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    auth: { protocol: PROTOCOL_VERSION, key: stack.key },
  });
  const followed = await socket.emitWithAck("run:follow", { run, offset: null });
  if (!followed.ok) throw new Error(followed.error.message);
  // Below Socket.IO: the TCP socket itself, so that the hub's send buffers fill.
  const { transport } = socket.io.engine;
  const { _socket: tcp } = Reflect.get(transport, "ws") ?? {};
  if (typeof tcp?.pause !== "function") throw new Error("the viewer's socket is not to be found");
  tcp.pause();
  return () => tcp.destroy();
}

async function residentMb(stack: Stack): Promise<number> {
  const text = await (await stack.get("/metrics")).text();
  return Number(/^tailbone_process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 1e6;
}

/** Appends frames with points and alerts for a while; the most memory that the hub had meanwhile. */
async function write(stack: Stack, address: { run: string; writer: string }, first: number, seconds: number) {
  const socket = openSocket(stack.url, stack.key);
  await openWriter(socket, address);
  let mostMb = 0;
  const until = performance.now() + seconds * 1000;
  let sequence = first;
  while (performance.now() < until) {
    const due = performance.now() + 1000 / HZ;
    const steps = Float64Array.from({ length: POINTS }, (_, index) => sequence * POINTS + index);
    const names = Array.from({ length: SERIES }, (_, series) => `metric/${series}`);
    const group = { names, steps, timesMs: steps.map(() => Date.now()), values: names.map(() => steps) };
    const records = Array.from({ length: ALERTS }, (_, index): RunRecord => {
      return { type: "alert", timeMs: Date.now(), title: `${sequence}/${index}`, text: TEXT, level: "info" };
    });
    const frame = encodeFrame({ sequence, sealedAtMs: Date.now(), groups: [group], records });
    const reply = await socket.emitWithAck("frame:append", address, frame);
    if (!reply.ok) throw new Error(reply.error.message);
    sequence++;
    if (sequence % HZ === 0) mostMb = Math.max(mostMb, await residentMb(stack));
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  socket.disconnect();
  return { mostMb, sequence };
}

/** How much memory ten viewers cost a hub that read nothing, of a run that logs and raises alerts all the time. */
export async function benchViewers(): Promise<void> {
  const place = await openPlace({ TAILBONE_ALERTS_PER_MINUTE: "1000000" });
  const stack = await startStack(place, { dashboard: false });
  const address = { run: randomUUID(), writer: randomUUID() };
  const alone = await write(stack, address, 0, 15);
  const leave = await Promise.all(Array.from({ length: VIEWERS }, () => connectDeafViewer(stack, address.run)));
  const watched = await write(stack, address, alone.sequence, SECONDS);
  report({
    bench: "viewers",
    metric: "hub_mb",
    value: watched.mostMb,
    unit: `MB at most, ${VIEWERS} viewers read nothing for ${SECONDS} s`,
    baseline: "the same run without viewers before",
    baseline_value: alone.mostMb,
    ratio: watched.mostMb / alone.mostMb,
    sent_mb: ((watched.sequence - alone.sequence) * ALERTS * TEXT.length * VIEWERS) / 1e6,
  });
  for (const close of leave) close();
  await stack.stop();
  await place.remove();
}
