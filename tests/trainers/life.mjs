// Reads one feature by its own means through a whole life, a phase at a time: each begins when a file of its name
// appears in this folder.
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const run = await init({ project: "lives", name: "one life", console: false, system: false });
run.feature("patch", { layer: "hidden_1" });
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);

const share = (value, half) => ({ value, low: value - half, high: value + half, n: 2000, control: 0, unit: "share" });
const phases = {
  absent: { encoded: 0.01, used: 0.001, benefit: 0 },
  latent: { encoded: 0.4, used: 0.001, benefit: 0 },
  functional: { encoded: 0.8, used: 0.2, benefit: 0.3 },
  vestigial: { encoded: 0.8, used: 0.002, benefit: 0.005 },
};
let step = 0;
for (const [phase, { encoded, used, benefit }] of Object.entries(phases)) {
  while (!existsSync(phase)) await pause(20);
  for (let reading = 0; reading < 3; reading++, step += 100) {
    run.log({ loss: 1 / (1 + step) }, { step });
    run.reading({
      feature: "patch",
      step,
      encoded: share(encoded, 0.01),
      used: share(used, 0.001),
      benefit: share(benefit, 0.01),
      learnt: 0.9,
      intervention: "swap",
    });
  }
}
await run.finish();
