// Logs 0, 1, 2 … as series `n` at steps 0, 1, 2 …: what arrives must be a gapless prefix of that, each number once.
// Arguments: how many, pause in ms after each (0: none, -1: never yields to the event loop), [run id to resume].
import { init } from "tailbone";

const count = Number(process.argv[2] ?? 1000);
const pauseMs = Number(process.argv[3] ?? 1);
const resumed = process.argv[4];

const run = await init({
  project: "faults",
  name: `count ${process.pid}`,
  console: false,
  system: false,
  finishTimeoutMs: 60_000,
  ...(resumed === undefined ? {} : { id: resumed, resume: true }),
});
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);

for (let n = 0; n < count; n++) {
  run.log({ n }, { step: n });
  if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  if (pauseMs < 0) {
    const until = performance.now() - pauseMs;
    while (performance.now() < until);
  }
}
process.stdout.write(`${JSON.stringify({ logged: count })}\n`);
await run.finish();
process.stdout.write(`${JSON.stringify({ finished: true })}\n`);
