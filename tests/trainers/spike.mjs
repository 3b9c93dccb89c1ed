// Logs a wave of 3 000 steps as series `wave`, with one value far away at step 1 234, and waits for a file `more` after
// half of them. Series `sparse` has a point at each power of two, and jumps from 0 to 1 at step 16.
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const run = await init({ project: "charts", name: "spike", console: false, system: false });
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);
for (let step = 0; step < 3000; step++) {
  run.log({ wave: step === 1234 ? 1e6 : Math.sin(step / 50) + 0.3 * Math.sin(step * 7) });
  if (step === 1500) while (!existsSync("more")) await pause(20);
  if (step % 10 === 0) await pause(5);
  if (Number.isInteger(Math.log2(step))) run.log({ sparse: step < 16 ? 0 : 1 }, { step });
}
await run.finish();
