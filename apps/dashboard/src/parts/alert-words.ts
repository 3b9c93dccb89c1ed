import type { Alert } from "@tailbone/protocol/rules";
import { formatStep } from "../format/number";

/** The evidence says what has happened too. */
export const sayEvidence = ({ text, evidence }: Pick<Alert, "text" | "evidence">): string =>
  evidence === "" ? text : evidence;

/** What a rule has fired for since, without a word. */
export function saySwallowed({ swallowed, swallowedTo }: Pick<Alert, "swallowed" | "swallowedTo">): string {
  const until = swallowedTo === null ? "" : `, last at step ${formatStep(swallowedTo)}`;
  const times = swallowed === 1 ? "once more" : `${swallowed} more times`;
  return `Fired ${times} since${until}: kept silent by the rule's cooldown.`;
}

/** Between which steps it happened. */
export function saySteps({ after, by, step }: Pick<Alert, "after" | "by" | "step">): string | null {
  if (by !== null && after !== null && after !== by) return `after step ${formatStep(after)}, by ${formatStep(by)}`;
  const at = by ?? step;
  if (at === null) return null;
  return after === null && by !== null && by !== step ? `by step ${formatStep(at)}` : `step ${formatStep(at)}`;
}
