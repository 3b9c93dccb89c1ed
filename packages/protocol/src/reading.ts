import { z } from "zod";
import { boundedText, stepSchema } from "./names";
import { text } from "./text";

export const featureNameSchema = boundedText("a feature's name", 256);

/**
 * What a feature does to a model is found out by one of these: an edit of the input, an erasure at a layer, or the
 * user's own means.
 */
export const interventionSchema = z.enum(["swap", "leace", "mean", "resample", "zero", "own"]);

/**
 * A measured number with its 95 % interval, from `n` examples. `control`: what the same measurement gave where nothing
 * is to be found; null if there is none. `value`, `low` and `high` are finite, low <= value <= high.
 */
export const estimateSchema = z
  .object({
    value: z.number(),
    low: z.number(),
    high: z.number(),
    n: z.number().int().positive(),
    control: z.number().nullable(),
    unit: text().max(64),
  })
  .refine(
    ({ value, low, high }) => low <= value && value <= high,
    "an estimate lies within its interval: low <= value <= high",
  );

/**
 * What can be wrong with a reading. `off_distribution`, `not_measurable` and `skipped` ones move no state; `skipped`:
 * the checkpoint was not measured, because measuring was behind the training.
 */
export const readingMarkSchema = z.enum([
  "off_distribution",
  "not_measurable",
  "skipped",
  "few_examples",
  "methods_disagree",
]);

/**
 * Share of examples that lie beyond the clean 99.9th percentile of the next layer: after the intervention, and after
 * its control.
 */
export const shiftSchema = z.object({ share: z.number().min(0).max(1), control: z.number().min(0).max(1).nullable() });

/** What one checkpoint showed of one feature. A series that was not measured is null. */
export const readingSchema = z.object({
  feature: featureNameSchema,
  step: stepSchema,
  /** Share of H(feature) that a probe reads beyond its control, 0 to 1. */
  encoded: estimateSchema.nullable(),
  /** D(clean || intervened) / D(clean || everything swapped), 0 to 1. */
  used: estimateSchema.nullable(),
  /** [L(intervened) - L(clean)] / max(L_chance - L(clean), .05 L_chance), signed. */
  benefit: estimateSchema.nullable(),
  /** 1 - L(clean) / L_chance: below .05 nothing is functional yet. Null: unknown, and not asked for. */
  learnt: z.number().nullable(),
  /** `encoded` of the same layer before any training: a reference, not subtracted. */
  untrained: z.number().nullable(),
  intervention: interventionSchema.nullable(),
  shift: shiftSchema.nullable(),
  marks: z.array(readingMarkSchema).max(8),
  /** In words, what the marks mean here. */
  note: text().max(2048),
});

export type Estimate = z.infer<typeof estimateSchema>;
export type Reading = z.infer<typeof readingSchema>;
export type ReadingMark = z.infer<typeof readingMarkSchema>;
export type Intervention = z.infer<typeof interventionSchema>;
export type Shift = z.infer<typeof shiftSchema>;

export const FEATURE_STATES = [
  "absent",
  "latent",
  "functional",
  "vestigial",
  "lost",
  "re-emergent",
  "spandrel",
  "anomaly",
] as const;
export const featureStateSchema = z.enum(FEATURE_STATES);
export type FeatureState = z.infer<typeof featureStateSchema>;
