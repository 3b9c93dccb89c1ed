// A process that trains with tfjs-core and tfjs-layers alone, as a script would that imports no more: one model of each
// kind, with a feature each. Prints a line of JSON per model: what its checkpoints showed.
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { feature } from "./feature";
import { pickBackend } from "./pick-backend";
import { RecordedRun } from "./recorded-run.test-util";
import { watch } from "./watch";

const EXAMPLES = 200;
const LENGTH = 8;
const WIDTH = 4;
const l = layers.layers;

const sequence = () => layers.input({ shape: [LENGTH, WIDTH] });
const asTensor = (applied: unknown): layers.SymbolicTensor => applied as layers.SymbolicTensor;
const close = (input: layers.SymbolicTensor, hidden: layers.SymbolicTensor) =>
  layers.model({ inputs: input, outputs: asTensor(l.dense({ units: 1, name: "out" }).apply(hidden)) });

/** Models by kind; the layer that is looked at is `hidden`. */
const MODELS: Record<string, () => layers.LayersModel> = {
  dense: () => overSequence(l.flatten(), l.dense({ units: 6, activation: "relu", name: "hidden" })),
  conv: () =>
    overSequence(
      l.reshape({ targetShape: [LENGTH, WIDTH, 1] }),
      l.conv2d({ filters: 3, kernelSize: 3, activation: "relu" }),
      l.maxPooling2d({ poolSize: 2 }),
      l.flatten({ name: "hidden" }),
    ),
  embedding: () => {
    const input = layers.input({ shape: [LENGTH], dtype: "int32" });
    const embedded = l.embedding({ inputDim: 10, outputDim: 5 }).apply(input);
    return close(input, asTensor(l.globalAveragePooling1d({ name: "hidden" }).apply(asTensor(embedded))));
  },
  lstm: () => overSequence(l.lstm({ units: 6, name: "hidden" })),
  gru: () => overSequence(l.gru({ units: 6, name: "hidden" })),
  "simple rnn": () => overSequence(l.simpleRNN({ units: 6, name: "hidden" })),
  bidirectional: () =>
    overSequence(l.bidirectional({ layer: l.lstm({ units: 3 }), mergeMode: "concat", name: "hidden" })),
  attention: () => {
    const input = sequence();
    const [query, key, value] = [0, 1, 2].map(() => asTensor(l.dense({ units: 5 }).apply(input)));
    if (query === undefined || key === undefined || value === undefined) throw new Error("three are made");
    const scores = asTensor(l.dot({ axes: [2, 2] }).apply([query, key]));
    const weights = asTensor(l.softmax({ axis: -1 }).apply(scores));
    const mixed = asTensor(l.dot({ axes: [2, 1] }).apply([weights, value]));
    const normal = asTensor(l.layerNormalization().apply(mixed));
    return close(input, asTensor(l.globalAveragePooling1d({ name: "hidden" }).apply(normal)));
  },
  branches: () => {
    const input = sequence();
    const left = asTensor(l.flatten().apply(input));
    const right = asTensor(l.globalMaxPooling1d().apply(input));
    const both = asTensor(l.concatenate().apply([left, right]));
    const normal = asTensor(l.batchNormalization().apply(both));
    return close(input, asTensor(l.dense({ units: 6, activation: "tanh", name: "hidden" }).apply(normal)));
  },
};

function overSequence(...between: readonly layers.LayersModel["layers"][number][]): layers.LayersModel {
  const input = sequence();
  return close(
    input,
    between.reduce<layers.SymbolicTensor>((x, layer) => asTensor(layer.apply(x)), input),
  );
}

const inputsOf = (model: layers.LayersModel): tf.Tensor =>
  model.inputs[0]?.dtype === "int32"
    ? tf.randomUniform([EXAMPLES, LENGTH], 0, 10, "int32", 1)
    : tf.randomUniform([EXAMPLES, LENGTH, WIDTH], -1, 1, "float32", 1);

async function train(kind: string, build: () => layers.LayersModel): Promise<void> {
  const model = build();
  const inputs = inputsOf(model);
  const targets = tf.reshape(tf.mean(inputs, inputs.shape.map((_, axis) => axis).slice(1)), [EXAMPLES, 1]);
  const labels = tf.reshape(tf.cast(tf.greater(targets, tf.mean(targets)), "int32"), [EXAMPLES]);
  const run = new RecordedRun();
  const optimizer = tf.train.sgd(0.01);
  const watched = watch(run, model, {
    optimizer,
    checkpoints: { log: false, every: 2 },
    features: [
      feature("above", {
        layer: "hidden",
        probe: { inputs, labels },
        task: { inputs, targets },
        loss: "meanSquaredError",
      }),
    ],
  });
  const loss = (): tf.Scalar => tf.losses.meanSquaredError(targets, model.apply(inputs) as tf.Tensor);
  for (let step = 0; step < 3; step++) await watched.step(() => optimizer.minimize(loss));
  await run.finish();
  const readings = run.readings.map(({ step, encoded, used, marks }) => ({ step, encoded, used, marks }));
  process.stdout.write(`${JSON.stringify({ kind, readings })}\n`);
}

await pickBackend({ order: ["wasm"], quiet: true });
for (const [kind, build] of Object.entries(MODELS)) await train(kind, build);
process.exit(0);
