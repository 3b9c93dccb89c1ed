import type { LifecycleEvent, LifeSettings } from "@tailbone/protocol/lifecycle";
import type { Estimate, FeatureState } from "@tailbone/protocol/reading";

const VERBS: Readonly<Record<FeatureState, string>> = {
  absent: "is absent again",
  latent: "is encoded, but not used",
  functional: "emerged (became functional)",
  vestigial: "turned vestigial",
  lost: "was lost",
  "re-emergent": "is used again",
  spandrel: "is a spandrel: encoded to the end, never used",
  anomaly: "is used, though no probe reads it",
};

/** What happened, without when and why: "patch turned vestigial". */
export const nameEvent = ({ feature, to }: Pick<LifecycleEvent, "feature" | "to">): string => `${feature} ${VERBS[to]}`;

/** One sentence or two that say what happened, between which steps, and on what evidence. */
export function sayEvent(event: Omit<LifecycleEvent, "sentence">, settings: LifeSettings): string {
  const { to, after, by } = event;
  const when = after === null ? `at step ${say(by)} or before` : `between steps ${say(after)} and ${say(by)}`;
  const last = event.readings.at(-1);
  const parts = [
    last?.benefit == null
      ? null
      : `it brings ${percent(last.benefit)} of what the model has learnt (threshold ${share(settings.benefitOn)})`,
    last?.used == null ? null : `${percent(last.used)} of what the output depends on is due to it`,
    last?.encoded == null ? null : `a probe reads ${percent(last.encoded)} of it`,
  ].filter((part) => part !== null);
  const evidence = event.eValue === null ? "" : ` e-value ${brief(event.eValue)} at alpha ${event.alpha}.`;
  const measured = parts.length === 0 ? "" : ` At step ${say(event.decidedAt)} ${parts.join("; ")}.`;
  const moment = to === "spandrel" ? "" : ` ${when}`;
  return `${nameEvent(event)}${moment}.${measured}${evidence}`;
}

const say = (step: number): string => String(Math.round(step * 1000) / 1000);
const share = (value: number): string => `${Number((100 * value).toFixed(1))} %`;
const brief = (value: number): string =>
  value < 1e4 ? value.toFixed(value < 10 ? 1 : 0) : value.toExponential(0).replace("+", "");

function percent({ value, low, high, n }: Estimate): string {
  return `${share(value)} (95 % interval ${share(low)} to ${share(high)}, n = ${n})`;
}
