// Two legs of one run. Without arguments: logs `loss` = 2 for 200 steps and `once` for 100, and dies of an error. With
// a run's id: goes on from step 80 with `loss` = 1, waits for a file `more` after 40 steps, and logs 40 more.
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const [id] = process.argv.slice(2);
const common = { project: "legs", system: false };
const run = await init(
  id === undefined
    ? { ...common, name: "resumed", config: { lr: 0.1, batch: 32 } }
    : { ...common, id, resume: true, config: { lr: 0.01 } },
);
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);
if (id === undefined) {
  for (let step = 0; step < 200; step++)
    run.log({ loss: 2 + Math.sin(step / 9) / 4, ...(step < 100 ? { once: 7 } : {}) }, { step });
  throw new RangeError("the loss is too high to go on");
}
for (let step = 80; step < 160; step++) {
  if (step === 120) while (!existsSync("more")) await pause(20);
  run.log({ loss: 1 + Math.sin(step / 9) / 8 }, { step });
}
await run.finish();
