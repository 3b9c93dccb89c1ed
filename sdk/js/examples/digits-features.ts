import type * as tf from "@tensorflow/tfjs";
import { type Feature, feature } from "tailbone/tfjs";
import { type Digits, drawExamples, swapCorners, swapPatches, swapShapes, take } from "./digits-data";

/** Examples to fit probes on: at least 20 for each of the 128 units of the layer. */
const PROBED = 3000;

/**
 * What the network may come to use: the patch, which agrees with the label by chance only where it is looked for, and
 * the digit's shape. Both are exchanged in the held-out digits to see what the network does without them.
 */
export function digitFeatures(
  training: Digits,
  test: ReturnType<typeof drawExamples>,
  random: () => number,
): Feature[] {
  const probed = drawExamples(take(training, PROBED), { rho: 0, random });
  const look = (labels: tf.Tensor | Uint8Array, swapped: tf.Tensor2D, irrelevant: tf.Tensor2D) => ({
    layer: "hidden_1",
    probe: { inputs: probed.inputs, labels },
    task: { inputs: test.inputs, targets: test.targets, swapped, irrelevant },
    loss: "softmaxCrossEntropy" as const,
  });
  const corners = swapCorners(test, random);
  const features = [
    feature("patch", look(probed.places, swapPatches(test, random), corners)),
    feature("shape", look(probed.targets.argMax(1), swapShapes(test, random), corners)),
  ];
  probed.inputs.dispose();
  probed.targets.dispose();
  return features;
}
