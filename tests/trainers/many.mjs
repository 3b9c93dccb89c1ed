// Logs many series at once, as a training with many layers does. Arguments: how many series, steps of history that are
// logged at once, pause in ms between the steps that follow (0: none follow). Ends when it is killed, or at once
// without steps that follow.
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const [series, history, pauseMs] = process.argv.slice(2).map(Number);
const run = await init({ project: "charts", name: `many ${process.pid}`, console: false, system: false });
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);

const names = Array.from({ length: series }, (_, index) => `layer_${index}`);
let step = 0;
function log() {
  const values = {};
  for (const [index, name] of names.entries()) {
    values[name] = Math.exp(-step / 2000) + 0.1 * Math.sin(step / (20 + index)) + 0.02 * Math.sin(step * (index + 7));
  }
  run.log(values, { step: step++ });
}

while (step < history) {
  log();
  if (step % 500 === 0) await pause(20);
}
process.stdout.write(`${JSON.stringify({ logged: step })}\n`);
while (pauseMs > 0) {
  log();
  await pause(pauseMs);
}
await run.finish();
