import { z } from "zod";
import { boundedText, runIdSchema, stepSchema, timeMsSchema } from "./names";
import { featureNameSchema, featureStateSchema } from "./reading";
import { alertLevelSchema } from "./records";
import { runStateSchema } from "./run";
import { seriesPatternSchema } from "./series-pattern";
import { text } from "./text";
import { unreadableListSchema } from "./unreadable";

const windowSchema = z.number().int().min(1).max(500);

/**
 * What a rule waits for. Conditions over a series fire when they begin to hold, and again only after they have ceased
 * to.
 */
export const conditionSchema = z.discriminatedUnion("type", [
  /** A feature (null: any) becomes one of `to`. */
  z.object({
    type: z.literal("lifecycle"),
    feature: featureNameSchema.nullable(),
    to: z.array(featureStateSchema).min(1).max(8),
  }),
  /** `points` values in a row are above, or below, `value`. */
  z.object({
    type: z.literal("threshold"),
    series: seriesPatternSchema,
    op: z.enum(["above", "below"]),
    value: z.number(),
    points: windowSchema,
  }),
  /**
   * The mean of the last `points` values differs from the mean of as many before by more than the share `by` of the
   * latter.
   */
  z.object({ type: z.literal("change"), series: seriesPatternSchema, by: z.number().positive(), points: windowSchema }),
  z.object({ type: z.literal("nan"), series: seriesPatternSchema }),
  /** The mean of the last `points` values is above `factor` times the lowest such mean so far (of a series above 0). */
  z.object({
    type: z.literal("divergence"),
    series: seriesPatternSchema,
    factor: z.number().gt(1),
    points: windowSchema,
  }),
  /** For `steps` steps, no value was better than the best one before by more than `by`. */
  z.object({
    type: z.literal("plateau"),
    series: seriesPatternSchema,
    goal: z.enum(["lower", "higher"]),
    by: z.number().nonnegative(),
    steps: z.number().positive(),
  }),
  z.object({ type: z.literal("run_state"), states: z.array(runStateSchema).min(1).max(5) }),
  /** The script raises an alert of this level or a graver one. */
  z.object({ type: z.literal("script"), level: alertLevelSchema }),
]);
export type Condition = z.infer<typeof conditionSchema>;

export const ruleCreateSchema = z.object({
  name: boundedText("a rule's name", 256),
  /** Null: every project of the team. */
  project: z.uuid().nullable(),
  condition: conditionSchema,
  level: alertLevelSchema,
  /** Whom it tells besides the dashboard. */
  channels: z.array(z.uuid()).max(16),
  /** After an alert, silence for this long about the same feature or series of the same run. */
  cooldownMs: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400_000),
  enabled: z.boolean(),
});
export const ruleSchema = ruleCreateSchema.extend({ id: z.uuid() });
export const rulePatchSchema = ruleCreateSchema.partial().strict();
export const ruleListSchema = z.object({ rules: z.array(ruleSchema), unreadable: unreadableListSchema });
export type RuleList = z.infer<typeof ruleListSchema>;
export type Rule = z.infer<typeof ruleSchema>;
export type RuleCreate = z.infer<typeof ruleCreateSchema>;
export type RulePatch = z.infer<typeof rulePatchSchema>;

const webUrlSchema = z.url({ protocol: /^https?$/ }).max(2048);

/** Where alerts are sent. `secret` signs a webhook's body. */
export const channelTargetSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("webhook"), url: webUrlSchema, secret: text().min(16).max(256) }),
  z.object({ type: z.literal("slack"), url: webUrlSchema }),
  z.object({ type: z.literal("discord"), url: webUrlSchema }),
  z.object({ type: z.literal("email"), to: z.array(z.email()).min(1).max(20) }),
]);
export const channelCreateSchema = z.object({
  name: boundedText("a channel's name", 128),
  target: channelTargetSchema,
});
/** `address`: where it leads, without what is secret in it. */
export const channelSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.enum(["webhook", "slack", "discord", "email"]),
  address: z.string(),
});
export const channelListSchema = z.object({ channels: z.array(channelSchema), unreadable: unreadableListSchema });
export type ChannelList = z.infer<typeof channelListSchema>;
/** What came of a test message; `error` is null when it was delivered. */
export const channelTestedSchema = z.object({ error: z.string().nullable() });
export type ChannelTarget = z.infer<typeof channelTargetSchema>;
export type ChannelCreate = z.infer<typeof channelCreateSchema>;
export type Channel = z.infer<typeof channelSchema>;

export const alertKindSchema = z.enum([
  "lifecycle",
  "threshold",
  "change",
  "nan",
  "divergence",
  "plateau",
  "run_state",
  "script",
]);

/**
 * What (`title`, `text`), where (`run`, `feature`), between which steps (after `after`, by `by`), on what evidence, and
 * the page that shows it (`path`, below the dashboard's origin).
 */
export const alertSchema = z.object({
  id: z.uuid(),
  run: z.object({ id: z.uuid(), name: z.string(), project: z.string() }),
  ruleId: z.uuid().nullable(),
  kind: alertKindSchema,
  title: z.string(),
  text: z.string(),
  level: alertLevelSchema,
  feature: z.string().nullable(),
  after: stepSchema.nullable(),
  by: stepSchema.nullable(),
  evidence: z.string(),
  path: z.string(),
  step: stepSchema.nullable(),
  timeMs: timeMsSchema,
  /** How often the rule has fired of the same since, while its cooldown kept it silent, and the last step of those. */
  swallowed: z.number().int().nonnegative(),
  swallowedTo: stepSchema.nullable(),
  readAtMs: timeMsSchema.nullable(),
  acknowledgedAtMs: timeMsSchema.nullable(),
  acknowledgedBy: z.string().nullable(),
  snoozedUntilMs: timeMsSchema.nullable(),
  assignedTo: text().nullable(),
  unreadable: unreadableListSchema,
});
export type Alert = z.infer<typeof alertSchema>;

/** `open`: neither acknowledged nor snoozed. `unread`: of those that the query lets through. */
export const alertsQuerySchema = z.object({
  run: runIdSchema.optional(),
  which: z.enum(["all", "open", "unread"]).default("all"),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AlertsQuery = z.infer<typeof alertsQuerySchema>;
/** `unread`: alerts of the whole team that nobody has read. */
export const alertListSchema = z.object({
  alerts: z.array(alertSchema),
  unread: z.number().int().nonnegative(),
  cursor: z.string().nullable(),
  unreadable: unreadableListSchema,
});
export const alertPatchSchema = z
  .object({
    read: z.boolean(),
    acknowledged: z.boolean(),
    snoozedUntilMs: timeMsSchema.nullable(),
    /** A member's id. */
    assignedTo: text().max(64).nullable(),
  })
  .partial()
  .strict();
export type AlertPatch = z.infer<typeof alertPatchSchema>;

/** The way of one alert to one channel. `dead`: it was given up after the last attempt. */
export const deliverySchema = z.object({
  id: z.uuid(),
  alert: z.object({ id: z.uuid(), title: z.string() }),
  channel: z.object({ id: z.uuid(), name: z.string() }),
  state: z.enum(["pending", "delivered", "dead"]),
  attempts: z.number().int().nonnegative(),
  createdAtMs: timeMsSchema,
  dueMs: timeMsSchema,
  deliveredAtMs: timeMsSchema.nullable(),
  error: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;
export const deliveryListSchema = z.object({ deliveries: z.array(deliverySchema), unreadable: unreadableListSchema });
export type DeliveryList = z.infer<typeof deliveryListSchema>;

/** A rule that is not there yet, and the number of the newest runs that it is tried on. */
export const replaySchema = z.object({
  rule: ruleCreateSchema.pick({ project: true, condition: true, cooldownMs: true }),
  runs: z.number().int().min(1).max(50).default(20),
});
export type Replay = z.infer<typeof replaySchema>;
/**
 * `runs` were looked at; it would have fired `fired` times, in `firedRuns` of them. The first hundred alerts are named.
 * `unreadable`: what of the runs could not be looked at.
 */
export const replayedSchema = z.object({
  runs: z.number().int(),
  firedRuns: z.number().int(),
  fired: z.number().int(),
  alerts: z.array(
    z.object({ run: z.object({ id: z.uuid(), name: z.string() }), title: z.string(), step: stepSchema.nullable() }),
  ),
  unreadable: unreadableListSchema,
});
export type Replayed = z.infer<typeof replayedSchema>;
