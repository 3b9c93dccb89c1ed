// Raises an alert every 50 ms, as many as asked for, and prints {"raised": [[title, ms since 1970], …]}, so many ms
// after the last one.
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const [count, lingerMs] = process.argv.slice(2).map(Number);
const run = await init({ project: "bench", console: false, system: false, quiet: true });
const raised = [];
for (let index = 0; index < count; index++) {
  const title = `alert ${index}`;
  raised.push([title, Date.now()]);
  run.alert({ title, level: "warning" });
  await pause(50);
}
await run.finish();
await pause(lingerMs);
process.stdout.write(`${JSON.stringify({ raised })}\n`);
