// Times `run.log` of three scalars as a training loop calls it, and JSON.stringify of the same object as the baseline.
// Prints one line of JSON: nanoseconds.
import { setImmediate as nextTurn } from "node:timers/promises";
import { init } from "tailbone";

const rounds = 4000;
const callsPerRound = 50;
const run = await init({
  project: "bench",
  name: `log ${process.pid}`,
  console: false,
  system: false,
  quiet: true,
  finishTimeoutMs: 1000,
});

const single = new Float64Array(rounds * callsPerRound);
const perCall = new Float64Array(rounds);
const perStringify = new Float64Array(rounds);
let sink = 0;
let step = 0;

/** What reading the clock twice costs: taken off the single times. */
const clock = Float64Array.from({ length: 100_000 }, () => {
  const started = performance.now();
  return performance.now() - started;
}).sort()[50_000];

for (let round = 0; round < rounds; round++) {
  let started = performance.now();
  for (let call = 0; call < callsPerRound; call++) {
    run.log({ loss: 1 / (step + 1), accuracy: step * 1e-6, lr: 1e-3 }, { step });
    step++;
  }
  perCall[round] = ((performance.now() - started) * 1e6) / callsPerRound;

  started = performance.now();
  for (let call = 0; call < callsPerRound; call++)
    sink += JSON.stringify({ loss: 1 / (call + 1), accuracy: call * 1e-6, lr: 1e-3, step: call }).length;
  perStringify[round] = ((performance.now() - started) * 1e6) / callsPerRound;

  for (let call = 0; call < callsPerRound; call++) {
    const before = performance.now();
    run.log({ loss: 1 / (step + 1), accuracy: step * 1e-6, lr: 1e-3 }, { step });
    single[round * callsPerRound + call] = (performance.now() - before - clock) * 1e6;
    step++;
  }
  await nextTurn();
}

const at = (values, p) => values.slice().sort()[Math.floor(p * (values.length - 1))];
process.stdout.write(
  `${JSON.stringify({ median: at(perCall, 0.5), p999: at(single, 0.999), stringify: at(perStringify, 0.5), sink: sink > 0 })}\n`,
);
await run.finish();
