import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { RecordedRun } from "./recorded-run.test-util";
import { savedModel, saveModel } from "./saved-model";
import { buildToy, toyData, toyLoss } from "./toy.test-util";
import { watch } from "./watch";
import type { CheckpointsOptions } from "./watch-options";

let dir: string;
let run: RecordedRun;
let model: tf.Sequential;
const data = (): ReturnType<typeof toyData> => toyData();
const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);

beforeAll(async () => {
  await tf.setBackend("wasm");
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tailbone-checkpoints-"));
  [run, model] = [new RecordedRun(), buildToy()];
  stderr.mockClear();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function train(steps: number, checkpoints: CheckpointsOptions): Promise<void> {
  const optimizer = tf.train.sgd(0.1);
  const examples = data();
  const watched = watch(run, model, { checkpoints });
  for (let step = 0; step < steps; step++) {
    await watched.step(() => optimizer.minimize(() => toyLoss(model, examples), true));
  }
  await run.finish();
}

const weightsOf = (of: tf.LayersModel): number[][] => of.getWeights().map((weight) => [...weight.dataSync()]);

test("checkpoints are at the steps of the schedule, from before the training to after its last step", async () => {
  await train(24, { every: 500 });
  expect(run.checkpoints.map(({ step }) => step)).toEqual([0, 1, 2, 4, 8, 16]);
  await train(6, { log: false, every: 3 });
  expect(run.checkpoints.slice(6).map(({ step }) => step)).toEqual([0, 3, 6]);
});

test("a checkpoint holds the loss of the step before it, and what was measured of the model as it is then", async () => {
  const untrained = weightsOf(model);
  const seen: number[][][] = [];
  const evaluate = async () => {
    seen.push(weightsOf(model));
    await new Promise(setImmediate);
    return { "eval/loss": seen.length };
  };
  await train(3, { evaluate });
  const series = await run.finish();
  const losses = series.get("loss")?.map(([, loss]) => loss) ?? [];
  expect(run.checkpoints).toEqual([
    { step: 0, metrics: { "eval/loss": 1 } },
    { step: 1, metrics: { "eval/loss": 2, loss: losses[0] } },
    { step: 2, metrics: { "eval/loss": 3, loss: losses[1] } },
  ]);
  expect(series.get("eval/loss")).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  expect(seen[0]).toEqual(untrained);
  expect(seen[1]).not.toEqual(untrained);
});

test("fit waits for the evaluation, too", async () => {
  const { x, y } = data();
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  let under = 0;
  const evaluate = async () => {
    expect(++under).toBe(1);
    await new Promise(setImmediate);
    under--;
    return { "eval/loss": 1 };
  };
  const callbacks = watch(run, model, { checkpoints: { log: false, every: 1, evaluate } }).callback();
  await model.fit(x, y, { batchSize: 4, epochs: 2, verbose: 0, callbacks });
  await run.finish();
  expect(run.checkpoints.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("an error of the evaluation passes through", async () => {
  const error = new Error("no held-out digits");
  const evaluate = (): never => {
    throw error;
  };
  await expect(train(1, { evaluate })).rejects.toBe(error);
});

test("weights that were saved are loaded as they were at their step", async () => {
  const seen: number[][][] = [];
  await train(5, {
    save: "always",
    dir,
    evaluate: () => {
      seen.push(weightsOf(model));
      return {};
    },
  });
  expect(readdirSync(dir).sort()).toEqual(["step-0", "step-1", "step-2", "step-4"]);
  for (const [index, { weights }] of run.checkpoints.entries()) {
    const loaded = await tf.loadLayersModel(savedModel(weights?.path ?? ""));
    expect(weightsOf(loaded)).toEqual(seen[index]);
    expect(weights?.bytes).toBe(statSync(join(weights?.path ?? "", "weights.bin")).size);
    expect(loaded.layers.map(({ name }) => name)).toEqual(["hidden", "output"]);
  }
});

test("only the newest weights stay if no more are wanted", async () => {
  await train(5, { save: "last", dir });
  expect(readdirSync(dir)).toEqual(["step-4"]);
  expect(run.checkpoints.map(({ weights }) => weights?.path.endsWith("step-4"))).toEqual(
    [false, false, false, false, true].slice(1),
  );
});

test("weights that cannot be written are told, and the checkpoint and the training go on", async () => {
  const file = join(dir, "file");
  writeFileSync(file, "");
  await train(3, { save: "always", dir: join(file, "weights") });
  expect(run.checkpoints.map(({ step, weights }) => [step, weights])).toEqual(
    [0, 1, 2].map((step) => [step, undefined]),
  );
  expect(stderr.mock.calls.filter(([text]) => String(text).includes("could not be saved")).length).toBe(1);
});

test("a saved model takes the place of an older one, with nothing left beside it", async () => {
  const folder = join(dir, "deep", "step-7");
  await saveModel(buildToy(), folder);
  const before = readFileSync(join(folder, "weights.bin"));
  model.setWeights(model.getWeights().map((weight) => tf.onesLike(weight)));
  await saveModel(model, folder);
  expect(readFileSync(join(folder, "weights.bin"))).not.toEqual(before);
  expect(readdirSync(join(dir, "deep"))).toEqual(["step-7"]);
  expect(existsSync(join(folder, "model.json"))).toBe(true);
});

test("a folder without a saved model is told by name", async () => {
  await expect(tf.loadLayersModel(savedModel(join(dir, "step-9")))).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("step-9"),
  });
});
