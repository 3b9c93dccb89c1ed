// Logs a few curves of every kind of name, and eight heads of one model; then goes on slowly until it is killed, if it
// is given a pause in ms.
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const pauseMs = Number(process.argv[2] ?? 0);
const run = await init({ project: "panels", name: "seed 1", console: false, system: false });
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);

const falling = (step, speed, from) => from * Math.exp(-step / speed) + 0.05 + 0.01 * Math.sin(step / 7 + speed);
let step = 0;
function log() {
  const values = {
    loss: falling(step, 60, 2),
    val_loss: falling(step, 80, 2) + 0.1,
    lr: 0.001 * Math.cos(step / 400),
    "train/acc": 1 - falling(step, 70, 0.8),
    "val/acc": 1 - falling(step, 90, 0.8),
    "grad/layer_1/norm": falling(step, 150, 5),
    "grad/layer_2/norm": falling(step, 120, 4),
  };
  for (let head = 0; head < 8; head++) values[`head_${head}/loss`] = falling(step, 40 + 12 * head, 1 + head / 4);
  run.log(values, { step: step++ });
}
while (step < 400) log();
process.stdout.write(`${JSON.stringify({ logged: step })}\n`);
while (pauseMs > 0) {
  await pause(pauseMs);
  log();
}
await run.finish();
