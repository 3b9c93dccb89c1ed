import type { LayersModel } from "@tensorflow/tfjs-layers";

/** The trainable variables of a model by layer; those of a model within the model are named `outer/inner`. */
export type LayerVariables = ReadonlyMap<string, LayerWeights>;

type Layer = LayersModel["layers"][number];
type LayerWeights = Layer["trainableWeights"];

/**
 * Finds them as they are now: layers can be frozen and thawed while a model trains. A layer that is shared is listed
 * once.
 */
export function findLayerVariables(model: Pick<LayersModel, "layers">): LayerVariables {
  const found = new Map<string, LayerWeights>();
  const seen = new Set<string>();
  collect(model.layers, "");
  return found;

  function collect(layers: readonly Layer[], prefix: string): void {
    for (const layer of layers) {
      const name = prefix + layer.name;
      if (isModel(layer)) {
        collect(layer.layers, `${name}/`);
        continue;
      }
      const weights = layer.trainableWeights.filter((weight) => !seen.has(weight.name));
      for (const weight of weights) seen.add(weight.name);
      if (weights.length > 0) found.set(name, weights);
    }
  }
}

function isModel(layer: Layer): layer is LayersModel {
  return "layers" in layer && Array.isArray(layer.layers);
}
