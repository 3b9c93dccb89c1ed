import { z } from "zod";
import { stepSchema } from "./names";
import { estimateSchema, featureNameSchema, featureStateSchema } from "./reading";
import { text } from "./text";

/** Which claim a finding makes: at one moment or over the training; by looking, by a probe, by intervening. */
export const claimSchema = z.object({
  time: z.enum(["atemporal", "developmental"]),
  ground: z.enum(["observational", "correlational", "causal"]),
});

/**
 * Thresholds of one feature's life. `encoded` is on and off at these values; `benefit` is on when its lower bound is above, use is
 * off when the upper bounds of `used` and `benefit` are below these. `confirmations`: checkpoints in a row that must agree.
 * `alpha`: the detector's false-alarm rate (an average of at least 1/alpha checkpoints between false alarms).
 */
export const lifeSettingsSchema = z.object({
  encodedOn: z.number(),
  encodedOff: z.number(),
  benefitOn: z.number(),
  usedOff: z.number(),
  benefitOff: z.number(),
  confirmations: z.number().int().min(1).max(20),
  alpha: z.number().gt(0).lt(1),
});

/** Thresholds that are set; the others are at their defaults. */
export const settingsChangeSchema = lifeSettingsSchema.partial();

/** What a reading said, as an event's evidence keeps it. */
export const evidenceReadingSchema = z.object({
  step: stepSchema,
  encoded: estimateSchema.nullable(),
  used: estimateSchema.nullable(),
  benefit: estimateSchema.nullable(),
});

/**
 * A change of state. It happened after step `after` (null: before the first reading) and by step `by`, and was decided at step
 * `decidedAt` by `test`, whose e-value against "nothing has changed" was `eValue`, at the stated `alpha`.
 */
export const lifecycleEventSchema = z.object({
  feature: featureNameSchema,
  from: featureStateSchema,
  to: featureStateSchema,
  after: stepSchema.nullable(),
  by: stepSchema,
  decidedAt: stepSchema,
  test: text().max(128),
  alpha: z.number(),
  eValue: z.number().nullable(),
  readings: z.array(evidenceReadingSchema).max(16),
  sentence: text().max(2048),
  claim: claimSchema,
});

export type Claim = z.infer<typeof claimSchema>;
export type LifeSettings = z.infer<typeof lifeSettingsSchema>;
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
export type EvidenceReading = z.infer<typeof evidenceReadingSchema>;
export type LifecycleEvent = z.infer<typeof lifecycleEventSchema>;
