import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { encodeFrame } from "@tailbone/protocol/frame";
import { spawnNode } from "../support/processes";
import { openPlace, root, type Stack, startStack } from "../support/stack";
import { openSocket, openWriter } from "./ingest-client";
import { quantile, report } from "./report";

const HZ = 10;
const SECONDS = 20;
const WARM_SECONDS = 4;
const RUNS = 20;

/**
 * Logs five series at 10 Hz and returns how long each frame waited for its acknowledgement, the first seconds left out.
 */
async function writeHonestly(stack: Stack): Promise<number[]> {
  const socket = openSocket(stack.url, stack.key);
  const address = { run: randomUUID(), writer: randomUUID() };
  await openWriter(socket, address);
  const names = ["loss", "accuracy", "lr", "grad", "speed"];
  const waited: number[] = [];
  const sent: Promise<unknown>[] = [];
  const started = performance.now();
  for (let sequence = 0; sequence < HZ * (WARM_SECONDS + SECONDS); sequence++) {
    const due = started + (sequence * 1000) / HZ;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const one = (value: number) => Float64Array.of(value);
    const group = { names, steps: one(sequence), timesMs: one(Date.now()), values: names.map(() => one(1 / sequence)) };
    const frame = encodeFrame({ sequence, sealedAtMs: Date.now(), groups: [group], records: [] });
    const from = performance.now();
    sent.push(
      socket.emitWithAck("frame:append", address, frame).then((reply) => {
        if (!reply.ok) throw new Error(reply.error.message);
        if (sequence >= HZ * WARM_SECONDS) waited.push(performance.now() - from);
      }),
    );
  }
  await Promise.all(sent);
  socket.disconnect();
  return waited;
}

interface Flooded {
  readonly waited: number[];
  readonly seconds: number;
  readonly flood: { acked: number; points: number; refused: number; cpuMs: number };
}

/** What an honest writer waits beside a flood of a hub, or of a sink. */
async function besideFlood(stack: Stack, target: readonly string[]): Promise<Flooded> {
  const flood = spawnNode(["--import", "tsx", join(root, "tests/bench/flood.ts"), ...target], { cwd: root });
  await flood.line((line) => line === "flooding");
  const from = performance.now();
  const waited = await writeHonestly(stack);
  const seconds = (performance.now() - from) / 1000;
  await flood.kill("SIGTERM");
  return { waited, seconds, flood: JSON.parse(await flood.line((line) => line.startsWith("{"))) };
}

/** Seconds of a processor that the hub has used, and how long its one thread lets others wait, by its own metrics. */
async function readHub(stack: Stack): Promise<{ cpuSeconds: number; lagMs: number }> {
  const text = await (await stack.get("/metrics")).text();
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return {
    cpuSeconds: figure("tailbone_process_cpu_seconds_total"),
    lagMs: figure("tailbone_nodejs_eventloop_lag_p99_seconds") * 1000,
  };
}

/**
 * How long an honest writer waits for its acknowledgements: alone, beside one that floods the hub with twenty runs of
 * large frames, and beside the same flood with a sink in the place of the hub, which is what the machine's processors
 * and disk leave over.
 */
export async function benchFairness(): Promise<void> {
  const place = await openPlace();
  const stack = await startStack(place, { dashboard: false });
  const alone = await writeHonestly(stack);
  const before = await readHub(stack);
  const flooded = await besideFlood(stack, [stack.url, stack.key, String(RUNS)]);
  const after = await readHub(stack);
  const msPerFrame = (flooded.seconds * 1000) / Math.max(1, flooded.flood.acked);
  const sink = spawnNode(["--import", "tsx", join(root, "tests/bench/sink.ts"), String(msPerFrame)], { cwd: root });
  const besideSink = await besideFlood(stack, [await sink.line((line) => line.startsWith("http")), "", String(RUNS)]);
  await sink.kill("SIGTERM");

  for (const [name, p] of [
    ["ack_p50_ms", 0.5],
    ["ack_p99_ms", 0.99],
  ] as const) {
    const [value, baseline] = [quantile(flooded.waited, p), quantile(alone, p)];
    report({
      bench: "fairness",
      metric: name,
      value,
      unit: `ms, beside ${RUNS} runs of large frames`,
      baseline: "alone",
      baseline_value: baseline,
      ratio: value / baseline,
      beside_a_sink: quantile(besideSink.waited, p),
    });
  }
  report({
    bench: "fairness",
    metric: "flood_points",
    value: flooded.flood.points,
    unit: "points of the flood, acknowledged",
    refused: flooded.flood.refused,
    of_the_sink: besideSink.flood.points,
  });
  report({
    bench: "fairness",
    metric: "cpu_share",
    value: (after.cpuSeconds - before.cpuSeconds) / flooded.seconds,
    unit: "processors that the hub uses beside the flood",
    flood: flooded.flood.cpuMs / 1000 / flooded.seconds,
    hub_lag_p99_ms: after.lagMs,
  });
  await stack.stop();
  await place.remove();
}
