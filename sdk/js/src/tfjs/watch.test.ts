import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Point, RecordedRun } from "./recorded-run.test-util";
import { applyTo, buildToy, EXAMPLES, toyData, toyLoss } from "./toy.test-util";
import { watch } from "./watch";
import type { WatchedRun } from "./watched-run";

const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
const told = (): string[] => stderr.mock.calls.map(([text]) => String(text));
beforeEach(() => stderr.mockClear());
afterAll(() => stderr.mockRestore());

const stepsOf = (points: readonly Point[] | undefined): number[] => (points ?? []).map(([step]) => step);
const valuesOf = (points: readonly Point[] | undefined): number[] => (points ?? []).map(([, value]) => value);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, step) => step);
const norm = (...tensors: (tf.Tensor | undefined)[]): number =>
  Math.hypot(...tensors.flatMap((tensor) => [...(tensor?.dataSync() ?? [])]));

describe.each(["wasm", "cpu"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test("a hand-written loop logs its loss, learning rate and speed at each step", async () => {
    const run = new RecordedRun();
    const [model, data, optimizer] = [buildToy(), toyData(), tf.train.adam(0.02)];
    const watched = watch(run, model, { optimizer });
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) {
      expect(watched.nextStep).toBe(step);
      const loss = await watched.step(() => optimizer.minimize(() => toyLoss(model, data), true));
      losses.push((await loss?.data())?.[0] ?? Number.NaN);
      loss?.dispose();
    }
    const series = await run.finish();
    expect(series.get("loss")).toEqual(losses.map((loss, step) => [step, loss]));
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    expect(valuesOf(series.get("lr"))).toEqual(upTo(30).map(() => 0.02));
    const milliseconds = valuesOf(series.get("step_ms"));
    expect(valuesOf(series.get("examples_per_s"))).toEqual(milliseconds.map((ms) => (1000 * EXAMPLES) / ms));
    expect(told()).toEqual([]);
  });

  test("norms are those of the weights before the step, and of the gradients that it applies", async () => {
    const run = new RecordedRun();
    const [model, data, optimizer] = [buildToy(), toyData(), tf.train.sgd(0.1)];
    const watched = watch(run, model, { norms: { every: 3 }, checkpoints: false });
    const expected: number[][] = [];
    for (let step = 0; step < 7; step++) {
      const { grads } = tf.variableGrads(() => toyLoss(model, data));
      const [w1, b1, w2, b2] = model.trainableWeights.map((weight) => weight.read());
      const [g1, c1, g2, c2] = model.trainableWeights.map((weight) => grads[weight.name]);
      const gradients = [norm(g1, c1), norm(g2, c2), norm(g1, c1, g2, c2)];
      if ([0, 1, 2, 3, 4, 6].includes(step)) {
        expected.push([step, norm(w1, b1), norm(w2, b2), norm(w1, b1, w2, b2), ...gradients]);
      }
      await watched.step(() => optimizer.minimize(() => toyLoss(model, data), true));
    }
    const series = await run.finish();
    const names = ["weight_norm", "grad_norm"].flatMap((kind) =>
      ["hidden", "output", "global"].map((name) => `${kind}/${name}`),
    );
    for (const [column, name] of names.entries()) {
      const points = series.get(name);
      expect(stepsOf(points)).toEqual(expected.map(([step]) => step));
      for (const [index, value] of valuesOf(points).entries()) {
        expect(value / (expected[index]?.[column + 1] ?? Number.NaN)).toBeCloseTo(1, 5);
      }
    }
  });

  test("fit gives the same series at the same steps as a loop, and those of its epochs and validation", async () => {
    const data = toyData();
    const [loopRun, fitRun] = [new RecordedRun(), new RecordedRun()];
    const [inLoop, inFit] = [buildToy(), buildToy()];
    const optimizer = tf.train.sgd(0.1);
    const loop = watch(loopRun, inLoop, { optimizer, norms: { every: 1 } });
    for (let step = 0; step < 9; step++) {
      const start = 4 * (step % 3);
      const batch = { x: data.x.slice(start, 4), y: data.y.slice(start, 4) };
      await loop.step(() => optimizer.minimize(() => toyLoss(inLoop, batch), true));
    }
    inFit.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError", metrics: ["mae"] });
    const fit = watch(fitRun, inFit, { norms: { every: 1 } });
    const args = { batchSize: 4, shuffle: false, verbose: 0, callbacks: fit.callback() };
    const validationData: [tf.Tensor, tf.Tensor] = [data.x, data.y];
    const history = await inFit.fit(data.x, data.y, { ...args, epochs: 2, validationData });
    await inFit.fit(data.x, data.y, { ...args, epochs: 1 });

    const [fromLoop, fromFit] = [await loopRun.finish(), await fitRun.finish()];
    const timed = ["step_ms", "examples_per_s"];
    for (const [name, points] of fromLoop) {
      expect(stepsOf(fromFit.get(name))).toEqual(stepsOf(points));
      if (timed.includes(name)) continue;
      for (const [index, value] of valuesOf(fromFit.get(name)).entries()) {
        expect(value).toBeCloseTo(points[index]?.[1] ?? Number.NaN, 4);
      }
    }
    expect([...fromFit.keys()].filter((name) => !fromLoop.has(name)).sort()).toEqual([
      "epoch/loss",
      "epoch/mae",
      "mae",
      "val_loss",
      "val_mae",
    ]);
    expect(fromFit.get("val_loss")).toEqual(
      (history.history.val_loss ?? []).map((value, epoch) => [3 * epoch + 2, value]),
    );
    expect(stepsOf(fromFit.get("epoch/mae"))).toEqual([2, 5, 8]);
    expect(fitRun.checkpoints.map(({ step }) => step)).toEqual(loopRun.checkpoints.map(({ step }) => step));
  });

  test("no tensor stays behind", async () => {
    const run = new RecordedRun();
    const [model, data, optimizer] = [buildToy(), toyData(), tf.train.sgd(0.1)];
    const watched = watch(run, model, { norms: { every: 1 }, checkpoints: { evaluate: () => ({ e: 1 }) } });
    const train = async (steps: number): Promise<number> => {
      for (let step = 0; step < steps; step++) {
        const loss = await watched.step(() =>
          tf.tidy(() => optimizer.minimize(() => toyLoss(model, data), true) ?? tf.scalar(0)),
        );
        loss.dispose();
      }
      await run.finish();
      return tf.memory().numTensors;
    };
    const before = await train(3);
    expect(await train(40)).toBe(before);
  });
});

describe("a step", () => {
  beforeAll(async () => {
    await tf.setBackend("wasm");
  });
  let run: RecordedRun;
  let model: tf.Sequential;
  let data: ReturnType<typeof toyData>;
  let optimizer: tf.Optimizer;
  beforeEach(() => {
    [run, model, data, optimizer] = [new RecordedRun(), buildToy(), toyData(), tf.train.sgd(0.1)];
  });
  afterEach(() => {
    expect(Object.hasOwn(optimizer, "applyGradients")).toBe(false);
    expect(Object.hasOwn(model, "apply")).toBe(false);
  });
  const minimize = (): tf.Scalar | null => optimizer.minimize(() => toyLoss(model, data), true);

  test("that fails throws the very error, is not counted, and leaves everything as it was", async () => {
    const watched = watch(run, model);
    await watched.step(minimize);
    const error = new Error("out of digits");
    const fail = (): never => {
      throw error;
    };
    await expect(watched.step(fail)).rejects.toBe(error);
    await expect(watched.step(() => Promise.reject(error))).rejects.toBe(error);
    expect(watched.nextStep).toBe(1);
    await watched.step(minimize);
    expect(stepsOf((await run.finish()).get("loss"))).toEqual([0, 1]);
  });

  test("returns what it was given, be it a number, a promise or nothing", async () => {
    const watched = watch(run, model);
    expect(await watched.step(() => 0.5)).toBe(0.5);
    expect(await watched.step(async () => 0.25)).toBe(0.25);
    expect(await watched.step(() => {})).toBeUndefined();
    expect((await run.finish()).get("loss")).toEqual([
      [0, 0.5],
      [1, 0.25],
    ]);
    expect(told()).toEqual([]);
  });

  test("that returns something else than a loss is told once, and measured all the same", async () => {
    const watched = watch(run, model);
    for (const value of ["0.5", { loss: 1 }, tf.zeros([2])]) await watched.step(() => value);
    const series = await run.finish();
    expect(series.has("loss")).toBe(false);
    expect(stepsOf(series.get("step_ms"))).toEqual([0, 1, 2]);
    expect(told().length).toBe(1);
  });

  test("takes what the script logs within and after it, instead of its own", async () => {
    const watched = watch(run, model);
    for (let step = 0; step < 3; step++) {
      await watched.step(() => {
        run.log({ loss: 10 + step });
        return minimize();
      });
      run.log({ lr: 7, extra: step });
    }
    const series = await run.finish();
    expect(valuesOf(series.get("loss"))).toEqual([10, 11, 12]);
    expect(valuesOf(series.get("lr"))).toEqual([7, 7, 7]);
    expect(series.get("extra")).toEqual(upTo(3).map((step) => [step, step]));
  });

  test("finds the optimizer that minimises this model, among others", async () => {
    const [other, others] = [buildToy(), tf.train.sgd(0.5)];
    const variables = other.trainableWeights.flatMap((weight) => {
      const variable = weight.read();
      return variable instanceof tf.Variable ? [variable] : [];
    });
    const watched = watch(run, model);
    for (let step = 0; step < 2; step++) {
      await watched.step(() => {
        others.minimize(() => toyLoss(other, data), false, variables);
        return minimize();
      });
    }
    const series = await run.finish();
    expect(valuesOf(series.get("lr"))).toEqual([0.1, 0.1]);
    expect(stepsOf(series.get("grad_norm/hidden"))).toEqual([0, 1]);
  });

  test("sees gradients that an optimizer of the options is handed", async () => {
    const watched = watch(run, model, { optimizer });
    await watched.step(() => {
      const { value, grads } = tf.variableGrads(() => toyLoss(model, data));
      optimizer.applyGradients(grads);
      return value;
    });
    expect([...(await run.finish()).keys()]).toContain("grad_norm/global");
  });

  test("of trainOnBatch logs the metrics of the compiled model and counts its examples", async () => {
    optimizer = tf.train.adam(0.01);
    model.compile({ optimizer, loss: "meanSquaredError", metrics: ["mae"] });
    const watched = watch(run, model);
    const returned = await watched.step(() => model.trainOnBatch(data.x, data.y));
    const series = await run.finish();
    expect([...valuesOf(series.get("loss")), ...valuesOf(series.get("mae"))]).toEqual(returned);
    expect(series.get("examples_per_s")?.[0]?.[1]).toBe((1000 * EXAMPLES) / (series.get("step_ms")?.[0]?.[1] ?? 0));
    expect(valuesOf(series.get("lr"))).toEqual([0.01]);
  });

  test("follows a learning rate that is scheduled", async () => {
    const scheduled = tf.train.sgd(0.1);
    const watched = watch(run, model, { optimizer: scheduled });
    for (const rate of [0.4, 0.2, 0.1]) {
      scheduled.setLearningRate(rate);
      await watched.step(() => scheduled.minimize(() => toyLoss(model, data), true));
    }
    expect(valuesOf((await run.finish()).get("lr"))).toEqual([0.4, 0.2, 0.1]);
  });

  test("need not be awaited where nothing is to be waited for", async () => {
    const watched = watch(run, model, { checkpoints: false });
    for (let step = 0; step < 20; step++) {
      void watched.step(minimize);
      run.log({ own: 1 });
    }
    expect(watched.nextStep).toBe(20);
    const series = await run.finish();
    for (const name of ["loss", "lr", "step_ms", "own"]) expect(stepsOf(series.get(name))).toEqual(upTo(20));
  });

  test("that begins before the one before has ended is made, and told once", async () => {
    const watched = watch(run, model);
    const slow = watched.step(async () => {
      await new Promise(setImmediate);
      return 1;
    });
    expect(await watched.step(() => 2)).toBe(2);
    await slow;
    expect((await run.finish()).get("loss")).toEqual([[0, 1]]);
    expect(told().length).toBe(1);
  });

  test("goes on where a resumed run was, or where the script says", async () => {
    const resumed = new RecordedRun(41.5);
    const watched = watch(resumed, model, { checkpoints: { evaluate: () => ({ "eval/loss": 1 }) } });
    await watched.step(minimize);
    expect(stepsOf((await resumed.finish()).get("loss"))).toEqual([42]);
    expect(resumed.checkpoints).toEqual([]);
    expect(watch(run, model, { firstStep: 500 }).nextStep).toBe(500);
  });

  test("goes on whatever happens to the run", async () => {
    const fail = (): never => {
      throw new Error("broken");
    };
    const broken: WatchedRun = {
      id: "broken",
      lastStep: null,
      log: fail,
      pinStep: fail,
      checkpoint: fail,
      feature: fail,
      reading: fail,
      waitFor: fail,
    };
    const watched = watch(broken, model, { norms: { every: 1 } });
    for (let step = 0; step < 3; step++) await watched.step(minimize);
    expect(watched.nextStep).toBe(3);
    expect(told().length).toBeGreaterThan(0);
  });
});

describe("the layers of a model", () => {
  beforeAll(async () => {
    await tf.setBackend("wasm");
  });

  test("are found in models within models, recurrent ones, and shared ones; frozen ones are left out", async () => {
    const run = new RecordedRun();
    const { dense, embedding, lstm } = tf.layers;
    const input = tf.input({ shape: [5] });
    const inner = tf.sequential({
      name: "inner",
      layers: [embedding({ name: "words", inputDim: 9, outputDim: 4, inputLength: 5 })],
    });
    const shared = dense({ name: "shared", units: 3 });
    const frozen = dense({ name: "frozen", units: 3, trainable: false });
    const read = lstm({ name: "reader", units: 3 }).apply(inner.apply(input));
    const output = shared.apply(frozen.apply(shared.apply(read)));
    if (!(output instanceof tf.SymbolicTensor)) throw new Error("a symbolic output is wanted");
    const model = tf.model({ inputs: input, outputs: output });
    const optimizer = tf.train.sgd(0.1);
    const watched = watch(run, model);
    const x = tf.zeros([2, 5]);
    await watched.step(() => optimizer.minimize(() => tf.mean(tf.square(applyTo(model, x))), true));
    const names = [...(await run.finish()).keys()].filter((name) => name.startsWith("grad_norm"));
    expect(names).toEqual(["inner/words", "reader", "shared", "global"].map((name) => `grad_norm/${name}`));
  });
});

test.each([
  { checkpoints: { every: 0 } },
  { checkpoints: { save: "sometimes" } },
  { norms: { every: 1.5 } },
  { batchsize: 64 },
  { optimizer: "adam" },
])("options that make no sense are refused before the training: %j", (options) => {
  expect(() => Reflect.apply(watch, undefined, [new RecordedRun(), buildToy(), options])).toThrow(
    /watch\(\) was called with wrong options/,
  );
});
