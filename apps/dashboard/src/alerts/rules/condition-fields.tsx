import { FEATURE_STATES } from "@tailbone/protocol/reading";
import { alertLevelSchema } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import { runStateSchema } from "@tailbone/protocol/run";
import type { ReactNode } from "react";
import type { FieldPath, UseFormRegisterReturn } from "react-hook-form";
import { FormCheck, FormChecks, FormField, FormSelect } from "../../ui/form-parts";
import type { RuleDraft } from "./rule-draft";

/** What makes an input one of the form, with its error beside it. */
export type RuleField = (
  name: FieldPath<RuleDraft>,
  options?: { valueAsNumber: true },
) => UseFormRegisterReturn & { error: string | undefined };

export interface ConditionFieldsProps {
  type: Condition["type"];
  field: RuleField;
}

/** The fields of the type of condition that is chosen. */
export function ConditionFields({ type, field }: ConditionFieldsProps) {
  const number = (name: "value" | "points" | "by" | "factor" | "steps", label: string, hint?: string): ReactNode => (
    <FormField
      label={label}
      hint={hint}
      type="number"
      step="any"
      {...field(`condition.${name}`, { valueAsNumber: true })}
    />
  );
  const series = (
    <FormField label="Series" hint="* stands for anything: train/*, *loss*." {...field("condition.series")} />
  );
  const checks = (name: "to" | "states", values: readonly string[]): ReactNode => {
    const { error, ...box } = field(`condition.${name}`);
    return (
      <FormChecks label="Becomes" error={error}>
        {values.map((value) => (
          <FormCheck key={value} label={value} value={value} {...box} />
        ))}
      </FormChecks>
    );
  };
  const fields: Record<Condition["type"], ReactNode> = {
    lifecycle: (
      <>
        <FormField label="Feature" hint="Empty: any feature." {...field("condition.feature")} />
        {checks("to", FEATURE_STATES)}
      </>
    ),
    threshold: (
      <>
        {series}
        <FormSelect label="Is" options={["above", "below"]} {...field("condition.op")} />
        {number("value", "Value")}
        {number("points", "Points in a row")}
      </>
    ),
    change: (
      <>
        {series}
        {number("by", "Changes by more than", "A share: 0.5 is 50 %.")}
        {number("points", "Points in the mean")}
      </>
    ),
    nan: series,
    divergence: (
      <>
        {series}
        {number("factor", "Times its lowest mean")}
        {number("points", "Points in the mean")}
      </>
    ),
    plateau: (
      <>
        {series}
        <FormSelect label="Better is" options={["lower", "higher"]} {...field("condition.goal")} />
        {number("by", "Better by more than")}
        {number("steps", "For steps")}
      </>
    ),
    run_state: checks("states", runStateSchema.options),
    script: (
      <FormSelect label="Of this level or graver" options={alertLevelSchema.options} {...field("condition.level")} />
    ),
  };
  return fields[type];
}
