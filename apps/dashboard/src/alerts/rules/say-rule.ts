import type { Channel, Condition, RuleCreate } from "@tailbone/protocol/rules";
import { formatPlural, formatStep, formatValue } from "../../format/number";
import { formatSpan } from "./format-span";

export interface Names {
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly channels: readonly Pick<Channel, "id" | "name">[];
}

/** A rule as a sentence: when it fires, whom it tells, and how often at most. */
export function sayRule(
  rule: Pick<RuleCreate, "project" | "condition" | "channels" | "cooldownMs">,
  names: Names,
): string {
  const channels = rule.channels.map(
    (id) => names.channels.find((one) => one.id === id)?.name ?? "a channel not known",
  );
  const tell = channels.length === 0 ? "show it in the inbox" : `tell ${listWords(channels, "and")}`;
  const often = rule.cooldownMs === 0 ? "every time" : `at most once ${formatSpan(rule.cooldownMs)} per run`;
  return `${sayWhen(rule, names)}, ${tell}, ${often}`;
}

/** The first part of the sentence, which is also a rule's name by default. */
export function sayWhen(
  { project, condition }: Pick<RuleCreate, "project" | "condition">,
  { projects }: Pick<Names, "projects">,
): string {
  const name =
    project === null ? "any project" : (projects.find(({ id }) => id === project)?.name ?? "a project not known");
  return `When ${sayCondition(condition, `in ${name}`)}`;
}

/** `where`: `in digits`. */
function sayCondition(condition: Condition, where: string): string {
  switch (condition.type) {
    case "lifecycle": {
      const feature = condition.feature === null ? "any feature" : `the feature ${condition.feature}`;
      return `${feature} ${where} becomes ${listWords(condition.to, "or")}`;
    }
    case "threshold": {
      const during = condition.points === 1 ? "" : ` for ${formatPlural(condition.points, "point")} in a row`;
      return `${saySeries(condition.series)} ${where} is ${condition.op} ${formatValue(condition.value)}${during}`;
    }
    case "change":
      return `${sayMean(condition, where)} differs by more than ${formatValue(condition.by * 100)} % from that of as many before`;
    case "nan":
      return `${saySeries(condition.series)} ${where} is NaN or infinite`;
    case "divergence":
      return `${sayMean(condition, where)} rises above ${formatValue(condition.factor)} times its lowest`;
    case "plateau": {
      const margin = condition.by === 0 ? "" : ` by more than ${formatValue(condition.by)}`;
      const steps = `${formatStep(condition.steps)} ${condition.steps === 1 ? "step" : "steps"}`;
      return `${saySeries(condition.series)} ${where} has not become ${condition.goal}${margin} for ${steps}`;
    }
    case "run_state":
      return `a run ${where} becomes ${listWords(condition.states, "or")}`;
    case "script":
      return condition.level === "info"
        ? `a script ${where} raises an alert`
        : `a script ${where} raises an alert of level ${condition.level}${condition.level === "error" ? "" : " or graver"}`;
  }
}

const saySeries = (pattern: string): string =>
  pattern === "*" ? "any series" : pattern.includes("*") ? `any series like ${pattern}` : pattern;

const sayMean = ({ series, points }: { series: string; points: number }, where: string): string =>
  points === 1
    ? `the last point of ${saySeries(series)} ${where}`
    : `the mean of the last ${formatPlural(points, "point")} of ${saySeries(series)} ${where}`;

function listWords(words: readonly string[], last: "and" | "or"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
