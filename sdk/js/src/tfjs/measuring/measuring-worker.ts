import { type MessagePort, workerData } from "node:worker_threads";
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import { pickBackend } from "../pick-backend";
import { Measurer } from "./measurer";
import type { MeasuringInput, MeasuringOrder, MeasuringReply, Snapshot } from "./messages";

/*
 * The thread that measures: it has a backend and a copy of the model of its own. Orders are followed in the order in
 * which they come.
 */
const { input, port }: { input: MeasuringInput; port: MessagePort } = workerData;
const reply = (message: MeasuringReply): void => port.postMessage(message);

const model = await rebuild();
if (model !== null) {
  const measurer = new Measurer(input.features, input.seed);
  let last = Promise.resolve();
  port.on("message", (order: MeasuringOrder) => {
    last = last.then(async () => {
      if (order.type === "task") {
        measurer.setTask(order.change);
        return;
      }
      putWeights(model, order.snapshot);
      const { step } = order.snapshot;
      reply({ type: "measured", step, readings: await measurer.measure(model, step) });
    });
  });
}

async function rebuild(): Promise<LayersModel | null> {
  try {
    const backend = await pickBackend({ order: input.backends, quiet: true, script: input.script });
    const modelTopology = withoutInitializers(input.topology);
    const rebuilt = await loadLayersModel({ load: async () => ({ modelTopology }) });
    reply({ type: "ready", isSlow: backend === "cpu" });
    return rebuilt;
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    reply({ type: "unable", reason });
    return null;
  }
}

/**
 * Every snapshot brings all weights: what they begin with is not worth computing (an orthogonal matrix takes seconds
 * where a layer is wide).
 */
function withoutInitializers(topology: object): object {
  return JSON.parse(
    JSON.stringify(topology, (key, value: unknown) =>
      /initializer$/i.test(key) && value !== null ? { class_name: "Zeros", config: {} } : value,
    ),
  );
}

function putWeights(of: LayersModel, { weights }: Snapshot): void {
  const tensors = of
    .getWeights()
    .map((old, index) => tf.tensor(weights[index] ?? new Float32Array(), old.shape, "float32"));
  of.setWeights(tensors);
  tf.dispose(tensors);
}
