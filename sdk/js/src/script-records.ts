import { toWireNumber } from "@tailbone/protocol/json";
import { LIMITS } from "@tailbone/protocol/limits";
import { tagSchema } from "@tailbone/protocol/names";
import { alertLevelSchema, type RunRecord, recordSchema } from "@tailbone/protocol/records";
import { toJsonObject } from "./json-values";
import type { AlertOptions, CheckpointOptions, EstimateOptions, FeatureDeclaration, ReadingOptions } from "./run";

/*
 * Records of what a script says, made of whatever it has given. Each is either a record that the hub will take, or, in
 * words, why there is none.
 */

/** When it was said, and the run's step then. */
export interface Moment {
  readonly timeMs: number;
  readonly step: number;
}

type Made = RunRecord | string;

export function makeConfig(values: Readonly<Record<string, unknown>>, { timeMs }: Moment): Made {
  const config = toJsonObject(values);
  return typeof config === "string" ? `A config is left out: ${config}.` : { type: "config", timeMs, config };
}

/** Tags that are none are left out; `leftOut` says so. */
export function makeTags(
  tags: readonly string[],
  { timeMs }: Moment,
): { made: RunRecord | null; leftOut: string | null } {
  const add = tags.filter((tag) => tagSchema.safeParse(tag).success).slice(0, LIMITS.tags);
  return {
    made: add.length > 0 ? { type: "tags", timeMs, add, remove: [] } : null,
    leftOut:
      add.length < tags.length
        ? `A tag is left out: tags are texts of 1 to ${LIMITS.tagBytes} bytes, at most ${LIMITS.tags}.`
        : null,
  };
}

export function makeAlert({ title, text = "", level = "info" }: AlertOptions, { timeMs, step }: Moment): Made {
  const line = asTitle(title, 80);
  if (line === "") return "An alert without a title is left out; give it one.";
  const known = alertLevelSchema.catch("info").parse(level);
  return { type: "alert", timeMs, step, title: line, text: String(text).slice(0, 8192), level: known };
}

export function makeCheckpoint({ step, metrics, weights }: CheckpointOptions, { timeMs }: Moment): Made {
  if (!Number.isFinite(step)) return `A checkpoint's step must be a finite number; ${String(step)} is left out.`;
  const numbers = Object.entries(metrics).filter(([, value]) => typeof value === "number");
  const wire = Object.fromEntries(numbers.map(([name, value]) => [name, toWireNumber(value)]));
  const record = { type: "checkpoint" as const, timeMs, step, metrics: wire };
  return weights === undefined ? record : { ...record, weights: { path: weights.path, bytes: weights.bytes } };
}

export const makeFeature = (
  name: string,
  { layer = null, settings = {} }: FeatureDeclaration,
  { timeMs }: Moment,
): Made => checked({ type: "feature", timeMs, name, layer, settings });

export function makeReading({ step, encoded, used, benefit, ...rest }: ReadingOptions, moment: Moment): Made {
  return checked({
    learnt: null,
    untrained: null,
    intervention: null,
    shift: null,
    marks: [],
    note: "",
    ...rest,
    type: "reading",
    step: step ?? moment.step,
    timeMs: moment.timeMs,
    encoded: completeEstimate(encoded),
    used: completeEstimate(used),
    benefit: completeEstimate(benefit),
  });
}

/** A record only if the hub would take it. */
function checked(record: RunRecord): Made {
  const parsed = recordSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `A ${record.type} is left out: ${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")}.`;
}

function completeEstimate(estimate: EstimateOptions | null | undefined) {
  return estimate === null || estimate === undefined ? null : { n: 1, control: null, unit: "", ...estimate };
}

/** One line of at most so many characters. */
function asTitle(text: unknown, length: number): string {
  return String(text)
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, length);
}
