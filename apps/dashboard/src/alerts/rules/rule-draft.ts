import { featureStateSchema } from "@tailbone/protocol/reading";
import { alertLevelSchema } from "@tailbone/protocol/records";
import { alertKindSchema, type Rule, type RuleCreate, ruleCreateSchema } from "@tailbone/protocol/rules";
import { runStateSchema } from "@tailbone/protocol/run";
import { z } from "zod";

// A field that is left empty gives NaN, also where the condition that is chosen has no such field.
const numberField = z.number().or(z.nan());

const draftSchema = z.object({
  name: z.string(),
  /** Empty: any project. */
  project: z.string(),
  /** The fields of every type of condition, so that what was written stays when another type is chosen. */
  condition: z.object({
    type: alertKindSchema,
    feature: z.string(),
    to: z.array(featureStateSchema),
    series: z.string(),
    op: z.enum(["above", "below"]),
    value: numberField,
    points: numberField,
    by: numberField,
    factor: numberField,
    goal: z.enum(["lower", "higher"]),
    steps: numberField,
    states: z.array(runStateSchema),
    level: alertLevelSchema,
  }),
  level: alertLevelSchema,
  channels: z.array(z.string()),
  cooldownMs: numberField,
  enabled: z.boolean(),
});
/** A rule as its form holds it. */
export type RuleDraft = z.infer<typeof draftSchema>;

/** What the form holds to the rule that is sent; each error stands at the field that it is about. */
export const ruleFormSchema = draftSchema.transform((draft, context): RuleCreate => {
  const feature = draft.condition.feature.trim();
  const parsed = ruleCreateSchema.safeParse({
    ...draft,
    name: draft.name.trim(),
    project: draft.project === "" ? null : draft.project,
    condition: { ...draft.condition, feature: feature === "" ? null : feature },
  });
  if (parsed.success) return parsed.data;
  for (const { code, path, message } of parsed.error.issues) {
    const isNumber = code === "invalid_type";
    const isChoice = path.at(-1) === "to" || path.at(-1) === "states";
    context.addIssue({
      code: "custom",
      path: path.slice(0, 2),
      message: isNumber ? "Write a number." : isChoice ? "Choose at least one." : `${message}.`,
    });
  }
  return z.NEVER;
});

const usual: RuleDraft = {
  name: "",
  project: "",
  condition: {
    type: "lifecycle",
    feature: "",
    to: ["vestigial"],
    series: "loss",
    op: "above",
    value: 1,
    points: 10,
    by: 0.5,
    factor: 2,
    goal: "lower",
    steps: 1000,
    states: ["failed", "crashed"],
    level: "warning",
  },
  level: "warning",
  channels: [],
  cooldownMs: 3_600_000,
  enabled: true,
};

/** What the form begins with: a rule that is there, else the usual one. */
export function draftOf(rule: Rule | null): RuleDraft {
  if (rule === null) return usual;
  const { id: _id, condition, project, ...rest } = rule;
  const feature = condition.type === "lifecycle" ? (condition.feature ?? "") : "";
  return { ...rest, project: project ?? "", condition: { ...usual.condition, ...condition, feature } };
}
