import type { Claim } from "@tailbone/protocol/lifecycle";
import type { Intervention } from "@tailbone/protocol/reading";
import type { Finding } from "./transitions";

/** What a finding rests on: a probe tells of correlation, an intervention of cause, and what was measured by other means was observed. */
export function claimOf(finding: Finding, intervention: Intervention | null): Claim {
  const isProbe = finding === "encoded" || finding === "not encoded";
  const byIntervening = intervention !== null && intervention !== "own";
  return { time: "developmental", ground: isProbe ? "correlational" : byIntervening ? "causal" : "observational" };
}
