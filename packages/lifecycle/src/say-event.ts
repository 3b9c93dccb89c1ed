import type { LifecycleEvent, LifeSettings } from "@tailbone/protocol/lifecycle";
import type { FeatureState, Intervention } from "@tailbone/protocol/reading";
import { isErasure, sayClaim, sayMeans } from "./claim";
import type { Gap } from "./coverage";
import { isNoise } from "./judge-reading";
import { formatPercent, formatStep, formatValue } from "./say-number";
import { type Naming, sayNoise, sayProbe, sayUse, sentence } from "./say-reading";
import type { Finding } from "./transitions";

const VERBS: Readonly<Record<FeatureState, string>> = {
  absent: "is absent again",
  latent: "became encoded",
  functional: "emerged (became functional)",
  vestigial: "turned vestigial",
  lost: "was lost",
  "re-emergent": "is used again",
  spandrel: "is a spandrel: encoded to the end, never used",
  anomaly: "is used, though no probe reads it",
};

type Named = Pick<LifecycleEvent, "feature" | "from" | "to" | "doubt" | "claim">;

/**
 * What happened, without when and why: "patch turned vestigial", "patch emerged (became functional), by LEACE at
 * hidden".
 */
export const nameEvent = (event: Named): string => nameAt(event, "");

function nameAt({ feature, from, to, doubt, claim }: Named, moment: string): string {
  if (doubt === "erasure") return `${feature} is undecided: ${sayMeans(claim)} shows no use of it${moment}`;
  if (doubt === "coverage") return `${feature} is undecided: too little of its training was measured${moment}`;
  const by = isErasure(claim.means) ? `, by ${sayMeans(claim)}` : "";
  if (from === to) return `${feature} is settled again, ${to}${by}${moment}`;
  return `${feature} ${VERBS[to]}${moment}${to === "latent" ? "; no benefit is shown yet" : by}`;
}

export interface EventContext {
  readonly finding: Finding;
  readonly settings: LifeSettings;
  readonly layer: string | null;
  readonly intervention: Intervention | null;
  /** Where too little was measured; null: nowhere. */
  readonly gap: Gap | null;
}

/**
 * One line that says what happened and between which steps, and what it rests on: which test decided, why the others do
 * not, and with what claim.
 */
export function sayEvent(
  event: Omit<LifecycleEvent, "sentence" | "evidence">,
  context: EventContext,
): Pick<LifecycleEvent, "sentence" | "evidence"> {
  const { feature, decidedAt, test, eValue, alpha, claim } = event;
  const { finding, layer, intervention } = context;
  const measured = DECIDED[finding](event, { ...context, naming: { feature, layer, intervention } });
  const found = [
    sayDoubt(event, context),
    ...measured,
    eValue === null
      ? null
      : `${test}: e-value ${formatValue(eValue)} at alpha ${formatValue(alpha)}, decided at step ${formatStep(decidedAt)}`,
  ].filter((part) => part !== null);
  return {
    sentence: `${nameAt(event, sayMoment(event, finding))}.`,
    evidence: [...found.map(sentence), sayClaim(claim)].join(" "),
  };
}

function sayMoment({ after, by, from, to }: Omit<LifecycleEvent, "sentence" | "evidence">, finding: Finding): string {
  if (finding === "ended unused") return "";
  if (from === to) return `, since ${after === null ? "" : `${formatStep(after)}–`}${formatStep(by)}`;
  if (after === null) return ` at step ${formatStep(by)} or before`;
  return ` between steps ${formatStep(after)} and ${formatStep(by)}`;
}

function sayDoubt(
  { doubt, from }: Pick<LifecycleEvent, "doubt" | "from">,
  { gap, layer, intervention }: EventContext,
): string | null {
  if (doubt === null) return null;
  const kept = `it stays ${from}`;
  if (doubt === "erasure") {
    const means = sayMeans({ means: intervention, layer });
    return `${kept}, undecided: ${means} takes away what can be read linearly at one layer, and the model may have it from elsewhere; a swap of the inputs would decide`;
  }
  const where =
    gap === null ? "" : `nothing was measured between steps ${formatStep(gap[0])} and ${formatStep(gap[1])}, `;
  return `${kept}, undecided: ${where}more than an eighth of its life, where it may have been used`;
}

type Context = EventContext & { readonly naming: Naming };
type Clauses = (event: Pick<LifecycleEvent, "readings" | "eValue">, context: Context) => (string | null)[];

/** What decided, with its numbers and its thresholds, and why the other series does not. */
const DECIDED: Readonly<Record<Finding, Clauses>> = {
  encoded: (event, context) => {
    const { last, probe, use } = lastOf(event, context);
    return [
      probe === null ? null : `the probe decided: ${probe}, encoded above ${formatPercent(context.settings.encodedOn)}`,
      ...(use === null ? [] : [`what the model does without it does not decide that: ${use}`]),
      last !== null && last.benefit !== null && isNoise(last) ? sayNoise(last.learnt) : null,
    ];
  },
  "not encoded": (event, context) => {
    const { probe, use } = lastOf(event, context);
    return [
      probe === null
        ? null
        : `the probe decided: ${probe}, encoded no longer below ${formatPercent(context.settings.encodedOff)}`,
      use === null ? null : `what the model does without it does not decide that: ${use}`,
    ];
  },
  used: (event, context) => {
    const { last, probe, use } = lastOf(event, context);
    const on = formatPercent(context.settings.benefitOn);
    const which =
      last?.benefit == null ? `what the outputs depend on decided, no benefit being measured` : "the benefit decided";
    const beside =
      last?.benefit == null || last.used === null
        ? ""
        : "; that outputs depend on it would not do, since that need not bring anything";
    return [
      use === null ? null : `${which}: ${use}, used above ${on}${beside}`,
      probe === null ? null : `${probe}, which does not show use`,
    ];
  },
  unused: (event, context) => unusedClauses(event, context, ""),
  "ended unused": (event, context) =>
    unusedClauses(event, context, ", and so at every reading of the second half of the training, all of them together"),
};

function unusedClauses(event: Pick<LifecycleEvent, "readings">, context: Context, more: string): (string | null)[] {
  const { last, probe, use } = lastOf(event, context);
  const { usedOff, benefitOff } = context.settings;
  if (last === null || use === null) return [probe];
  const isByUsedAlone = last.used !== null && isNoise(last);
  const limits = [
    last.used === null ? null : `used below ${formatPercent(usedOff)}`,
    last.benefit === null || isByUsedAlone ? null : `benefit below ${formatPercent(benefitOff)}`,
  ].filter((limit) => limit !== null);
  return [
    `${limits.length > 1 ? "both series of use decided" : "its use decided"}, by equivalence (${limits.join(", ")})${more}: ${use}`,
    isByUsedAlone && last.benefit !== null ? sayNoise(last.learnt) : null,
    probe === null ? null : `${probe}: what is encoded need not be used`,
  ];
}

function lastOf({ readings }: Pick<LifecycleEvent, "readings">, { naming }: Context) {
  const last = readings.at(-1) ?? null;
  return {
    last,
    probe: last === null ? null : sayProbe(last, naming),
    use: last === null ? null : sayUse(last, naming),
  };
}
