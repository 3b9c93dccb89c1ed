// Logs steps from `first` on, each with `width` series (n, n1, n2 …) whose value is the step: what arrives can be told
// point by point. Argument: {"first", "points", "width", "id"?, "resume"?} as JSON. Says how far it is; ends in order
// when it gets SIGUSR2, and not before.
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { init } from "tailbone";

const toFinish = once(process, "SIGUSR2");
const { first, points, width, id, resume } = JSON.parse(process.argv[2]);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const run = await init({
  project: "faults",
  console: false,
  system: false,
  finishTimeoutMs: 60_000,
  ...(id === undefined ? {} : { id, resume }),
});
say({ run: run.id });

const names = Array.from({ length: width }, (_, index) => (index === 0 ? "n" : `n${index}`));
for (let count = 0; count < points; count++) {
  const step = first + count;
  run.log(Object.fromEntries(names.map((name) => [name, step])), { step });
  if (count % 10 === 9) {
    say({ logged: count + 1 });
    await pause(5);
  }
}
say({ logged: points });
// The signal alone keeps no process alive.
const alive = setInterval(() => {}, 1000);
await toFinish;
clearInterval(alive);
await run.finish();
say({ finished: true });
