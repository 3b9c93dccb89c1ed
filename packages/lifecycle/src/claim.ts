import type { Claim, Means } from "@tailbone/protocol/lifecycle";
import type { Intervention } from "@tailbone/protocol/reading";

interface Power {
  readonly ground: Claim["ground"];
  /**
   * It works at one layer, so that the model may have the feature from elsewhere: what is unused there need not be so.
   */
  readonly isLayered: boolean;
  readonly name: string;
}

/**
 * What can be known by each means. What a script has measured by means of its own was seen; more is not known of it.
 */
const POWERS: Readonly<Record<Means, Power>> = {
  probe: { ground: "correlational", isLayered: true, name: "a probe" },
  swap: { ground: "causal", isLayered: false, name: "swap" },
  leace: { ground: "causal", isLayered: true, name: "LEACE" },
  mean: { ground: "causal", isLayered: true, name: "mean ablation" },
  resample: { ground: "causal", isLayered: true, name: "resample ablation" },
  zero: { ground: "causal", isLayered: true, name: "zero ablation" },
  own: { ground: "observational", isLayered: false, name: "the script's own means" },
};

/** Whether something takes a feature away at one layer only, which shows that it is used and never that it is not. */
export const isErasure = (means: Means | null): boolean =>
  means !== null && means !== "probe" && POWERS[means].isLayered;

/** The claim that is made by some means over a training, or at one moment of it. */
export const claimBy = (time: Claim["time"], means: Means, layer: string | null): Claim => ({
  time,
  ground: POWERS[means].ground,
  means,
  layer: POWERS[means].isLayered ? layer : null,
});

/** What an intervention that may not be named counts as. */
export const meansOf = (intervention: Intervention | null): Means => intervention ?? "own";

/** `LEACE at hidden_1`, `swap`. */
export const sayMeans = ({ means, layer }: Pick<Claim, "means" | "layer">): string =>
  `${POWERS[means ?? "own"].name}${layer === null ? "" : ` at ${layer}`}`;

/** `Developmental, causal (swap).` */
export function sayClaim(claim: Claim): string {
  const { time, ground, means } = claim;
  const by = means === null ? "" : ` (${sayMeans(claim)}${isErasure(means) ? ", one layer" : ""})`;
  return `${time.slice(0, 1).toUpperCase()}${time.slice(1)}, ${ground}${by}.`;
}
