import { TailboneError } from "@tailbone/protocol/errors";
import type { SettingsChange } from "@tailbone/protocol/lifecycle";
import type { Reading } from "@tailbone/protocol/reading";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { classesOf, type FeatureData } from "./feature-data";
import { intervenePerErasure, intervenePerSwap } from "./intervene";
import { unmeasured } from "./measure-feature";
import { mixSeed } from "./random";
import { readUse } from "./read-use";
import { isAllFinite, type TensorData } from "./rows";
import { captureLayer, runModel } from "./run-model";

/** Several features that are taken away together: what each can do for the other reads as unused one by one. */
export interface JointData {
  readonly name: string;
  /** Names of features of the same model. */
  readonly members: readonly string[];
  readonly settings: SettingsChange;
}

export const isJoint = (data: FeatureData | JointData): data is JointData => "members" in data;

type Members = readonly [FeatureData, ...FeatureData[]];

function refuse(name: string, what: string, hint: string): never {
  throw new TailboneError("bad_request", `The joint feature "${name}" cannot be measured: ${what}.`, hint);
}

const isSame = (a: TensorData, b: TensorData): boolean =>
  a === b || (a.values.length === b.values.length && a.values.every((value, index) => value === b.values[index]));

/** The features that are meant. Throws a TailboneError where they cannot be taken away together. */
export function membersOf({ name, members }: JointData, features: readonly FeatureData[]): Members {
  const found = members.map(
    (member) =>
      features.find((one) => one.name === member) ??
      refuse(name, `there is no feature "${member}"`, "Give its members to watch() as well."),
  );
  const [first, ...others] = found;
  if (first === undefined || others.length === 0) refuse(name, "it has fewer than two members", "Name two or more.");
  for (const other of others) {
    const both = `"${first.name}" and "${other.name}"`;
    if (!isSame(first.task.inputs, other.task.inputs) || !isSame(first.task.targets, other.task.targets))
      refuse(name, `${both} have different task data`, "Give them the same task.inputs and task.targets.");
    if (first.loss !== other.loss) refuse(name, `${both} have different losses`, "Give them the same loss.");
    if ((first.task.swapped === null) !== (other.task.swapped === null))
      refuse(name, `only one of ${both} has a swap`, "Give task.swapped to all of them, or to none.");
    if (first.task.swapped === null) {
      if (first.layer !== other.layer)
        refuse(name, `${both} are erased at different layers`, "Give them the same layer, or swaps.");
      if (!isSame(first.probe.inputs, other.probe.inputs))
        refuse(name, `${both} have different probe.inputs`, "Fit both erasers on the same inputs.");
    }
  }
  if (first.task.swapped !== null) swapTogether(name, [first, ...others]);
  return [first, ...others];
}

/** The inputs with all swaps at once. Each changes values of its own. */
function swapTogether(name: string, members: Members): TensorData {
  const { inputs } = members[0].task;
  const values = inputs.values.slice();
  for (const { name: member, task } of members) {
    task.swapped?.values.forEach((value, index) => {
      if (value === inputs.values[index]) return;
      if (values[index] !== inputs.values[index])
        refuse(name, `the swap of "${member}" changes what another one changes`, "Swaps must be of different values.");
      values[index] = value;
    });
  }
  return { ...inputs, values };
}

/** What a model does without several features at once. There is no probe: `encoded` is null. */
export async function measureJointly(
  model: LayersModel,
  joint: JointData,
  features: readonly FeatureData[],
  { step, seed }: { readonly step: number; readonly seed: number },
): Promise<Reading> {
  const { name } = joint;
  const members = membersOf(joint, features);
  const [first] = members;
  const { layer, ablation, probe, task } = first;
  const clean = await runModel(model, task.inputs);
  if (!isAllFinite(clean)) return unmeasured({ name, step }, "not_measurable", "its outputs are not finite");
  const seedOf = (what: string): number => mixSeed(seed, `${name}/${what}`, step);
  const concepts = members.map((member) => ({ labels: member.probe.labels, classes: classesOf(member) }));
  const intervened =
    task.swapped === null
      ? await intervenePerErasure(model, {
          ...{ layer, ablation, concepts, irrelevant: null, inputs: task.inputs, seed: seedOf("erase") },
          activations: await captureLayer(model, layer, probe.inputs),
        })
      : await intervenePerSwap(model, swapTogether(name, members), null);
  const use = readUse(model, { ...first, settings: joint.settings }, clean, intervened, seedOf("use"));
  if (use === null) return unmeasured({ name, step }, "not_measurable", "the outputs without it are not finite");
  const { notes, ...measured } = use;
  const told = [`Taken away together: ${members.map((member) => member.name).join(", ")}.`, ...notes].join(" ");
  return { feature: name, step, untrained: null, encoded: null, ...measured, note: told };
}
