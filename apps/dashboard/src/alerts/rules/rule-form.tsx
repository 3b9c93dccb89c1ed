import { zodResolver } from "@hookform/resolvers/zod";
import { alertLevelSchema } from "@tailbone/protocol/records";
import type { Condition, Rule, RuleCreate } from "@tailbone/protocol/rules";
import { useEffect } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Button } from "../../ui/button";
import { FormCheck, FormChecks, FormField, FormSelect } from "../../ui/form-parts";
import { ConditionFields, type RuleField } from "./condition-fields";
import { formatSpan } from "./format-span";
import { Replay } from "./replay";
import { draftOf, type RuleDraft, ruleFormSchema } from "./rule-draft";
import { type Names, sayRule, sayWhen } from "./say-rule";

const KINDS: Readonly<Record<Condition["type"], string>> = {
  lifecycle: "A feature changes its state",
  threshold: "A series is above or below a value",
  change: "A series changes at once",
  nan: "A series is NaN or infinite",
  divergence: "A series diverges",
  plateau: "A series gets no better",
  run_state: "A run changes its state",
  script: "A script raises an alert",
};
const COOLDOWNS = [0, 600_000, 3_600_000, 86_400_000, 604_800_000];
const MOST_NAME = 120;

export interface RuleFormProps {
  /** Null: a new one. */
  rule: Rule | null;
  names: Names;
  isSaving: boolean;
  onSave: (rule: RuleCreate) => void;
}

export function RuleForm({ rule, names, isSaving, onSave }: RuleFormProps) {
  const form = useForm<RuleDraft, unknown, RuleCreate>({
    defaultValues: draftOf(rule),
    resolver: zodResolver(ruleFormSchema),
  });
  const { register, control, handleSubmit, setValue, formState, getFieldState } = form;
  const field: RuleField = (name, options) => ({
    ...register(name, options),
    error: getFieldState(name, formState).error?.message,
  });
  const isNamed = rule !== null || formState.dirtyFields.name === true;
  const draft = useWatch({ control });
  const parsed = ruleFormSchema.safeParse({ ...draft, name: "unnamed" });
  const when = parsed.success ? sayWhen(parsed.data, names) : null;
  useEffect(() => {
    if (!isNamed && when !== null) setValue("name", when.slice(0, MOST_NAME));
  }, [isNamed, when, setValue]);
  const cooldowns = [...new Set([...COOLDOWNS, rule?.cooldownMs ?? 0])].toSorted((a, b) => a - b);
  const projects = names.projects.map(({ id, name }) => [id, name] as const);
  return (
    <form className="grid gap-4" noValidate onSubmit={handleSubmit(onSave)}>
      <div className="grid gap-3 sm:grid-cols-2">
        <FormSelect label="When" options={Object.entries(KINDS)} {...field("condition.type")} />
        <FormSelect label="In" options={[["", "any project"], ...projects]} {...field("project")} />
        <ConditionFields type={draft.condition?.type ?? "lifecycle"} field={field} />
      </div>
      <FormChecks label="Tell, besides the inbox" error={field("channels").error}>
        {names.channels.length === 0 ? <span className="text-faint">There are no channels yet.</span> : null}
        {names.channels.map(({ id, name }) => (
          <FormCheck key={id} label={name} value={id} {...register("channels")} />
        ))}
      </FormChecks>
      <div className="grid gap-3 sm:grid-cols-2">
        <FormSelect
          label="How often at most, per run"
          options={cooldowns.map((ms) => [ms, ms === 0 ? "every time" : `once ${formatSpan(ms)}`])}
          {...field("cooldownMs", { valueAsNumber: true })}
        />
        <FormSelect label="Level" options={alertLevelSchema.options} {...field("level")} />
      </div>
      <FormField label="Name" {...field("name")} />
      <p aria-live="polite" className="rounded-md bg-sunken px-3 py-2">
        {parsed.success ? `${sayRule(parsed.data, names)}.` : "The sentence stands here once every field is filled."}
      </p>
      <Replay withRule={(use) => void handleSubmit(use)()} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <FormCheck label="Switched on" {...register("enabled")} />
        <Button type="submit" look="primary" disabled={isSaving}>
          {rule === null ? "Make the rule" : "Save"}
        </Button>
      </div>
    </form>
  );
}
