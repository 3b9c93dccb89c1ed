import { z } from "zod";
import { stepSchema } from "./names";
import { estimateSchema, featureNameSchema, featureStateSchema, interventionSchema } from "./reading";
import { text } from "./text";

/** What a finding was found with: a probe, or a way of taking the feature away. */
export const meansSchema = z.enum(["probe", ...interventionSchema.options]);

/**
 * Which claim a finding makes: at one moment or over the training; by looking, by a probe, by intervening. `layer`:
 * where the probe or the erasure was; null: the inputs were changed, or it is not known.
 */
export const claimSchema = z.object({
  time: z.enum(["atemporal", "developmental"]),
  ground: z.enum(["observational", "correlational", "causal"]),
  means: meansSchema.nullable().default(null),
  layer: text().nullable().default(null),
});

/**
 * Why a feature's state is undecided, though no use of it is seen. `erasure`: only erasures at one layer were tried,
 * which end no life; `coverage`: too little of its training was measured.
 */
export const doubtSchema = z.enum(["erasure", "coverage"]);

/**
 * Thresholds of one feature's life. `encoded` is on and off at these values; `benefit` is on when its lower bound is
 * above, use is off when the upper bounds of `used` and `benefit` are below these. `confirmations`: checkpoints in a
 * row that must agree. `alpha`: the detector's false-alarm rate (an average of at least 1/alpha checkpoints between
 * false alarms).
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
  learnt: z.number().nullable().default(null),
});

/**
 * A change of state, or of how sure it is: then `from` and `to` are the same, and `doubt` says why it is undecided now
 * (null: it is no longer). It happened after step `after` (null: before the first reading) and by step `by`, and was
 * decided at step `decidedAt` by `test`, whose e-value against "nothing has changed" was `eValue`, at the stated
 * `alpha`. `sentence` says what happened, `evidence` what it rests on.
 */
export const lifecycleEventSchema = z.object({
  feature: featureNameSchema,
  from: featureStateSchema,
  to: featureStateSchema,
  doubt: doubtSchema.nullable().default(null),
  after: stepSchema.nullable(),
  by: stepSchema,
  decidedAt: stepSchema,
  test: text().max(128),
  alpha: z.number(),
  eValue: z.number().nullable(),
  readings: z.array(evidenceReadingSchema).max(16),
  sentence: text().max(2048),
  evidence: text().max(8192).default(""),
  claim: claimSchema,
});

export type Means = z.infer<typeof meansSchema>;
export type Doubt = z.infer<typeof doubtSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type LifeSettings = z.infer<typeof lifeSettingsSchema>;
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
export type EvidenceReading = z.infer<typeof evidenceReadingSchema>;
export type LifecycleEvent = z.infer<typeof lifecycleEventSchema>;
