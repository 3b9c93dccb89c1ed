// Logs eight series `head_0/loss` to `head_7/loss` and one `=lr`, 2 000 steps of them, and waits for a file `more`
// after half of them; given a number of ms, it then makes a pause of them after each step. `head_3/loss` is NaN at step
// 700, and `head_5/loss` is logged every 50 steps alone.
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const pauseMs = Number(process.argv[2] ?? 0);
const run = await init({ project: "charts", name: "several", console: false, system: false });
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);
const lossOf = (head, step) =>
  (1 + head / 4) * Math.exp(-step / (300 + 100 * head)) + 0.05 * head + 0.04 * Math.sin(step * (7 + head));
for (let step = 0; step < 2000; step++) {
  const values = { "=lr": 0.1 * Math.exp(-step / 1000) };
  for (let head = 0; head < 8; head++) {
    if (head !== 5 || step % 50 === 0) values[`head_${head}/loss`] = lossOf(head, step);
  }
  if (step === 700) values["head_3/loss"] = Number.NaN;
  run.log(values, { step });
  if (step === 999) while (!existsSync("more")) await pause(20);
  if (pauseMs > 0 && step >= 1000) await pause(pauseMs);
  else if (step % 10 === 0) await pause(2);
}
await run.finish();
