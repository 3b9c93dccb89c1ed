// Logs 0, 1, 2 … as `n` at steps 0, 1, 2 …, and every third as `third`; every tenth step also a line on the console, a
// checkpoint and a reading, a change of the config, and every hundredth an alert and a tag, all of which name the step.
// Arguments: how many, pause in ms after each.
import { init } from "tailbone";

const [count, pauseMs] = process.argv.slice(2).map(Number);
const run = await init({ project: "client", name: `talk ${process.pid}`, system: false, finishTimeoutMs: 60_000 });
console.log(JSON.stringify({ run: run.id }));
for (let n = 0; n < count; n++) {
  run.log(n % 3 === 0 ? { n, third: n } : { n }, { step: n });
  if (n % 10 === 0) {
    console.log(`line ${n}`);
    run.config({ reached: n });
    run.checkpoint({ step: n, metrics: { n } });
    run.reading({ feature: "copying", step: n, encoded: { value: 0.5, low: 0.4, high: 0.6 } });
  }
  if (n % 100 === 0) {
    run.alert({ title: `alert ${n}` });
    run.tags(`tag ${n}`);
  }
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
await run.finish();
