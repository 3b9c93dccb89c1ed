import type { ChangeDetector } from "@tailbone/lifecycle/change-detector";
import type { Coverage } from "@tailbone/lifecycle/coverage";
import { type FeatureLife, LIFE_VERSION } from "@tailbone/lifecycle/feature-life";
import type { RunLife } from "@tailbone/lifecycle/run-life";
import { type FeatureLife1, upgradeLife } from "@tailbone/lifecycle/stored-life";
import { doubtSchema, evidenceReadingSchema, lifeSettingsSchema } from "@tailbone/protocol/lifecycle";
import { stepSchema } from "@tailbone/protocol/names";
import { featureStateSchema, interventionSchema } from "@tailbone/protocol/reading";
import { type ReadRow, readRow, type Unreadable } from "@tailbone/protocol/unreadable";
import { z } from "zod";
import type { feature as featureTable } from "../schema/life";

const countSchema = z.number().int().nonnegative();
const step = stepSchema.nullable();
const detectorSchema: z.ZodType<ChangeDetector> = z.object({
  logR: z.number().nullable(),
  streak: countSchema,
  after: step,
  by: step,
});
const coverageSchema: z.ZodType<Coverage> = z.object({
  first: stepSchema,
  last: stepSchema,
  gaps: z.array(z.tuple([stepSchema, stepSchema])),
});
const idleSchema = z.object({ since: stepSchema, count: countSchema, logE: z.number() }).nullable();

const life1 = {
  settings: lifeSettingsSchema,
  state: featureStateSchema,
  since: z.object({ after: step, by: stepSchema }).nullable(),
  isEncoded: z.boolean(),
  isUsed: z.boolean(),
  hasEncoded: z.boolean(),
  hasUse: z.boolean(),
  encodedTest: detectorSchema,
  useTest: detectorSchema,
  firstStep: step,
  lastStep: step,
  counted: countSchema,
  passedOver: countSchema,
  idle: idleSchema,
  recent: z.array(evidenceReadingSchema),
};
const life1Schema: z.ZodType<FeatureLife1> = z.object(life1);
const life2Schema: z.ZodType<FeatureLife> = z.object({
  ...life1,
  version: z.literal(2),
  layer: z.string().nullable(),
  doubt: doubtSchema.nullable(),
  doubtTest: detectorSchema,
  encodedCover: coverageSchema.nullable(),
  useCover: coverageSchema.nullable(),
  erasedIdle: idleSchema,
  intervention: interventionSchema.nullable(),
});
/** Lives that were stored before lives had versions say none. */
const versionSchema = z.object({ version: z.number().int().default(1) });

type LifeRow = Pick<typeof featureTable.$inferSelect, "name" | "layer"> & { life: unknown };

/** The life of a feature as it is stored by this release or by one before; what a later one stored cannot be read. */
export function parseFeatureLife({ name, layer, life }: LifeRow, run: string): ReadRow<FeatureLife> {
  const about = { what: "life", id: run, name };
  const { value, unreadable } = readRow(versionSchema, life, about);
  if (unreadable !== null) return { value: null, unreadable };
  if (value.version > LIFE_VERSION) {
    const reason = `it is of version ${value.version}, and this release reads up to ${LIFE_VERSION}`;
    return { value: null, unreadable: { ...about, reason } };
  }
  if (value.version === LIFE_VERSION) return readRow(life2Schema, life, about);
  const old = readRow(life1Schema, life, about);
  return old.unreadable === null ? { value: upgradeLife(old.value, layer), unreadable: null } : old;
}

/** The lives of a run's features, in the order of the rows, without those that cannot be read. */
export function parseRunLife(rows: readonly LifeRow[], run: string): { life: RunLife; unreadable: Unreadable[] } {
  const features: [string, FeatureLife][] = [];
  const unreadable: Unreadable[] = [];
  for (const row of rows) {
    const read = parseFeatureLife(row, run);
    if (read.unreadable === null) features.push([row.name, read.value]);
    else unreadable.push(read.unreadable);
  }
  return { life: { features }, unreadable };
}
