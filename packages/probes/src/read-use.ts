import type { SettingsChange } from "@tailbone/protocol/lifecycle";
import type { Estimate, Reading, ReadingMark } from "@tailbone/protocol/reading";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { FeatureData } from "./feature-data";
import type { Intervened } from "./intervene";
import { outcomeOf } from "./outcome";
import { isAllFinite, type Rows } from "./rows";
import { isModel } from "./run-model";
import { isOffDistribution } from "./shift";
import { measureUse, type Use } from "./use";

/** The part of a reading that interventions give; its marks and notes are to be joined with those of the probe. */
export type UseReading = Pick<Reading, "used" | "benefit" | "learnt" | "intervention" | "shift" | "marks"> & {
  readonly notes: readonly string[];
};

/** What an intervention says of a feature. Null: the outputs after it are not finite. */
export function readUse(
  model: LayersModel,
  { task, loss, settings }: Pick<FeatureData, "task" | "loss" | "settings">,
  clean: Rows,
  { intervention, changed, controls, refits, shift, checks }: Intervened,
  seed: number,
): UseReading | null {
  if (![changed, ...controls, ...refits].every(isAllFinite)) return null;
  const outcome = outcomeOf(loss, task.targets, {
    isProbability: endsInProbabilities(model),
    width: clean.width,
    last: model.outputs[0]?.shape.at(-1) ?? clean.width,
  });
  const isSwap = intervention === "swap";
  // A swap has no side damage: its control is told, and not taken off.
  const use = measureUse({ clean, changed, controls: isSwap ? [] : controls, refits }, outcome, seed);
  const irrelevant =
    controls[0] !== undefined && isSwap
      ? measureUse({ clean, changed: controls[0], controls: [] }, outcome, seed, false)
      : null;
  const withControl = (estimate: Estimate, control: Estimate | undefined): Estimate =>
    control === undefined ? estimate : { ...estimate, control: control.value };
  const marks: ReadingMark[] = [];
  const notes: string[] = [];
  if (use.p !== null && controls.length > 1) {
    notes.push(`Against ${controls.length} erasures of shuffled labels, p = ${use.p.toFixed(2)}.`);
  }
  const others = checks.map((check) => ({
    ablation: check.ablation,
    use: measureUse({ clean, changed: check.changed, controls: check.controls }, outcome, seed),
  }));
  const disagreeing = others.filter((other) => disagree(use, other.use, settings));
  if (disagreeing.length > 0) {
    marks.push("methods_disagree");
    const said = [{ ablation: intervention, use }, ...others].map(
      (one) => `${one.ablation} ${Math.round(100 * one.use.benefit.value) / 100 + 0}`,
    );
    notes.push(`Ways of taking it away disagree about its benefit: ${said.join(", ")}.`);
  }
  if (shift !== null && isOffDistribution(shift)) marks.push("off_distribution");
  return {
    used: withControl(use.used, irrelevant?.used),
    benefit: withControl(use.benefit, irrelevant?.benefit),
    learnt: use.learnt,
    intervention,
    shift,
    marks,
    notes,
  };
}

/** Where `benefit` is on, and where it is off, unless a feature says otherwise. */
const THRESHOLD = 0.05;

/** Two ways of taking a feature away disagree when one says that it is used, and the other that it is not. */
const disagree = (a: Use, b: Use, { benefitOn = THRESHOLD, benefitOff = THRESHOLD }: SettingsChange): boolean =>
  [[a, b] as const, [b, a] as const].some(
    ([one, other]) => one.benefit.low > benefitOn && other.benefit.high < benefitOff,
  );

/** Whether the last layer turns its output into probabilities by itself. */
function endsInProbabilities(model: LayersModel): boolean {
  const last = model.outputLayers[0] ?? model.layers.at(-1);
  if (last === undefined) return false;
  if (isModel(last)) return endsInProbabilities(last);
  const { activation } = last.getConfig();
  return last.getClassName() === "Softmax" || activation === "softmax" || activation === "sigmoid";
}
