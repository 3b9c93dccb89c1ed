// Logs fifty series a step, in as many stretches as there are arguments, each of so many steps; between two it waits
// for SIGUSR2.
import { once } from "node:events";
import { init } from "tailbone";

const SERIES = 50;
const run = await init({
  project: "faults",
  name: `wide ${process.pid}`,
  console: false,
  system: false,
  finishTimeoutMs: 60_000,
});
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
// A signal's listener alone keeps no process alive.
const awake = setInterval(() => {}, 1000);
say({ run: run.id });

let step = 0;
for (const [stretch, steps] of process.argv.slice(2).map(Number).entries()) {
  if (stretch > 0) await once(process, "SIGUSR2");
  for (const end = step + steps; step < end; step++) {
    run.log(Object.fromEntries(Array.from({ length: SERIES }, (_, series) => [`s${series}`, step])), { step });
    // Slower than the worker, so that nothing is dropped.
    if (step % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  say({ logged: step });
}
clearInterval(awake);
await run.finish();
say({ finished: true });
