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

/** Logs five series at 10 Hz and returns how long each frame waited for its acknowledgement, the first seconds left out. */
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

/** How long an honest writer waits for its acknowledgements, alone and beside one that floods the hub with twenty runs of large frames. */
export async function benchFairness(): Promise<void> {
  const place = await openPlace();
  const stack = await startStack(place, { dashboard: false });
  const alone = await writeHonestly(stack);
  const flood = spawnNode(["--import", "tsx", join(root, "tests/bench/flood.ts"), stack.url, stack.key, String(RUNS)], {
    cwd: root,
  });
  await flood.line((line) => line === "flooding");
  const beside = await writeHonestly(stack);
  await flood.kill("SIGTERM");
  const { points, refused }: { points: number; refused: number } = JSON.parse(
    await flood.line((line) => line.startsWith("{")),
  );
  for (const [name, p] of [
    ["ack_p50_ms", 0.5],
    ["ack_p99_ms", 0.99],
  ] as const) {
    const [value, baseline] = [quantile(beside, p), quantile(alone, p)];
    report({
      bench: "fairness",
      metric: name,
      value,
      unit: `ms, beside ${RUNS} runs of large frames`,
      baseline: "alone",
      baseline_value: baseline,
      ratio: value / baseline,
    });
  }
  report({
    bench: "fairness",
    metric: "flood_points",
    value: points,
    unit: "points of the flood, acknowledged",
    refused,
  });
  await stack.stop();
  await place.remove();
}
