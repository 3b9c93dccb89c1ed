import { TailboneError } from "@tailbone/protocol/errors";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type Rows, readRows, type TensorData, toTensor } from "./rows";

type Layer = LayersModel["layers"][number];
/** What takes the place of a layer's output; it gets and gives a tensor of the same shape. */
export type Replace = (output: tf.Tensor) => tf.Tensor;

const BATCH = 512;

/** Whether a layer is a model of its own, with layers within. */
export function isModel(layer: Layer): layer is LayersModel {
  return "layers" in layer && Array.isArray(layer.layers);
}

/** Names of all layers; one of a model within the model is `outer/inner`. */
export function layerNames(model: Pick<LayersModel, "layers">, prefix = ""): string[] {
  return model.layers.flatMap((layer) => {
    const name = prefix + layer.name;
    return isModel(layer) ? [name, ...layerNames(layer, `${name}/`)] : [name];
  });
}

/** Finds a layer by its name. Throws `not_found`, naming those that there are. */
export function findLayer(model: Pick<LayersModel, "layers">, name: string): Layer {
  const [first = "", ...rest] = name.split("/");
  const layer =
    model.layers.find((each) => each.name === name) ??
    (rest.length > 0 ? model.layers.find((each) => each.name === first) : undefined);
  if (layer?.name === name) return layer;
  if (layer !== undefined && isModel(layer)) return findLayer(layer, rest.join("/"));
  throw new TailboneError(
    "not_found",
    `The model has no layer "${name}".`,
    `Its layers are: ${layerNames(model).slice(0, 50).join(", ")}.`,
  );
}

/** How many values a layer gives for one example. */
export function layerWidth(model: Pick<LayersModel, "layers">, name: string): number {
  const shape = findLayer(model, name).outputShape;
  return shape.flat().reduce<number>((product, size, index) => (index === 0 ? 1 : product * (size ?? 1)), 1);
}

/** The layer that takes a layer's output next; null: there is none, or it is within another model. */
export function nextLayer(model: Pick<LayersModel, "layers">, name: string): string | null {
  const next = findLayer(model, name).outboundNodes[0]?.outboundLayer.name;
  return next !== undefined && model.layers.some((layer) => layer.name === next) ? next : null;
}

/**
 * Runs `use` while a layer's output passes through `replace`; the layer is as it was afterwards, also after an error. A
 * layer that is shared passes through at each of its places.
 */
function withHook<T>(layer: Layer, replace: Replace, use: () => T): T {
  const had = Object.getOwnPropertyDescriptor(layer, "call");
  const call = layer.call;
  layer.call = (...args) => {
    const output = call.apply(layer, args);
    if (!Array.isArray(output)) return replace(output);
    const [first, ...others] = output;
    return first === undefined ? output : [replace(first), ...others];
  };
  try {
    return use();
  } finally {
    if (had === undefined) Reflect.deleteProperty(layer, "call");
    else Object.defineProperty(layer, "call", had);
  }
}

/**
 * The output tensor of a model for examples, in batches; what it does in training only (dropout) is off. Synchronous,
 * as hooks must be.
 */
function predict(model: LayersModel, inputs: TensorData): tf.Tensor {
  return tf.tidy(() => {
    const predicted = model.predict(toTensor(inputs), { batchSize: BATCH });
    const output = Array.isArray(predicted) ? predicted[0] : predicted;
    if (output !== undefined) return output;
    throw new TailboneError("bad_request", "The model has no output.", "Watch a model with one.");
  });
}

async function readAndDispose(tensor: tf.Tensor): Promise<Rows> {
  try {
    return await readRows(tensor);
  } finally {
    tensor.dispose();
  }
}

/** Outputs of a model for examples. */
export const runModel = (model: LayersModel, inputs: TensorData): Promise<Rows> =>
  readAndDispose(predict(model, inputs));

/** Outputs of a model in which a layer's output is replaced. The layer is as it was as soon as this returns. */
export async function runReplaced(
  model: LayersModel,
  name: string,
  inputs: TensorData,
  replace: Replace,
): Promise<Rows> {
  const layer = findLayer(model, name);
  return readAndDispose(withHook(layer, replace, () => predict(model, inputs)));
}

/** The outputs of a layer for examples, flattened to one row each; those of another layer may be replaced meanwhile. */
export async function captureLayer(
  model: LayersModel,
  name: string,
  inputs: TensorData,
  replaced?: { readonly layer: string; readonly replace: Replace },
): Promise<Rows> {
  const parts: tf.Tensor[] = [];
  const keep: Replace = (output) => {
    parts.push(tf.keep(output.clone()));
    return output;
  };
  try {
    const run = (): tf.Tensor =>
      replaced === undefined
        ? predict(model, inputs)
        : withHook(findLayer(model, replaced.layer), replaced.replace, () => predict(model, inputs));
    withHook(findLayer(model, name), keep, run).dispose();
    const count = inputs.shape[0] ?? 0;
    const rows = await Promise.all(parts.map(readRows));
    const width = rows[0]?.width ?? 0;
    // A layer that is used at several places was seen at each of them, batch by batch: the first place is taken.
    const places = Math.max(1, Math.round(rows.reduce((sum, part) => sum + part.count, 0) / Math.max(1, count)));
    const values = new Float32Array(count * width);
    let at = 0;
    for (const part of rows.filter((_, index) => index % places === 0)) {
      values.set(part.values, at);
      at += part.values.length;
    }
    return { count, width, values };
  } finally {
    tf.dispose(parts);
  }
}

/** What of a model comes after a layer, for the same examples again and again. */
export interface OpenLayer {
  /** The model's outputs with the layer's output replaced. */
  readonly run: (replace: Replace) => Promise<Rows>;
  /** The outputs of the layer that comes next, likewise; null where there is none, or where it is not this model's. */
  readonly runNext: ((replace: Replace) => Promise<Rows>) | null;
  readonly close: () => void;
}

/**
 * Opens a model behind a layer. Of a sequential model only the layers behind it are run again; of any other all of it.
 * What is kept for that is freed by `close`.
 */
export function openLayer(model: LayersModel, name: string, inputs: TensorData): OpenLayer {
  const next = nextLayer(model, name);
  const place = model.getClassName() === "Sequential" ? model.layers.findIndex((layer) => layer.name === name) : -1;
  if (place < 0) {
    return {
      run: (replace) => runReplaced(model, name, inputs, replace),
      runNext: next === null ? null : (replace) => captureLayer(model, next, inputs, { layer: name, replace }),
      close: () => {},
    };
  }
  const batches: tf.Tensor[] = [];
  withHook(
    findLayer(model, name),
    (output) => {
      batches.push(tf.keep(output.clone()));
      return output;
    },
    () => predict(model, inputs),
  ).dispose();
  const behind = model.layers.slice(place + 1);
  const runThrough = (layers: readonly Layer[], replace: Replace): Promise<Rows> =>
    readAndDispose(
      tf.tidy(() =>
        tf.concat(batches.map((batch) => layers.reduce((x, layer) => applyLayer(layer, x), replace(batch)))),
      ),
    );
  return {
    run: (replace) => runThrough(behind, replace),
    runNext: next === null ? null : (replace) => runThrough(behind.slice(0, 1), replace),
    close: () => tf.dispose(batches),
  };
}

function applyLayer(layer: Layer, input: tf.Tensor): tf.Tensor {
  const output = layer.apply(input);
  if (output instanceof tf.Tensor) return output;
  throw new TailboneError("bad_request", `The layer "${layer.name}" has more than one output.`, "Erase elsewhere.");
}
