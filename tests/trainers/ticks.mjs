// Logs one point about every 40 ms and prints when it did: the other end of the log-to-pixel latency. Argument: how
// many.
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const count = Number(process.argv[2] ?? 500);
const run = await init({ project: "bench", name: `ticks ${process.pid}`, console: false });
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);
await pause(5000);
const loggedAtMs = [];
for (let step = 0; step < count; step++) {
  loggedAtMs.push(performance.timeOrigin + performance.now());
  run.log({ tick: Math.sin(step / 10) }, { step });
  await pause(25 + (step % 7) * 5);
}
process.stdout.write(`${JSON.stringify({ loggedAtMs })}\n`);
await run.finish();
