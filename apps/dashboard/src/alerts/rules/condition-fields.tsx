import { FEATURE_STATES } from "@tailbone/protocol/reading";
import { alertLevelSchema } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import { runStateSchema } from "@tailbone/protocol/run";
import type { ReactNode } from "react";
import type { FieldErrors, UseFormRegister } from "react-hook-form";
import { FormCheck, FormChecks, FormField, FormSelect } from "../../ui/form-parts";
import type { RuleDraft } from "./rule-draft";

export interface ConditionFieldsProps {
  type: Condition["type"];
  register: UseFormRegister<RuleDraft>;
  errors: FieldErrors<RuleDraft>["condition"];
}

/** The fields of the type of condition that is chosen. */
export function ConditionFields({ type, register, errors }: ConditionFieldsProps) {
  const number = { type: "number", step: "any" } as const;
  const asNumber = { valueAsNumber: true } as const;
  const field = (name: "value" | "points" | "by" | "factor" | "steps", label: string, hint?: string): ReactNode => (
    <FormField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...number}
      {...register(`condition.${name}`, asNumber)}
      error={errors?.[name]?.message}
    />
  );
  const series = (
    <FormField
      label="Series"
      hint="* stands for anything: train/*, *loss*."
      {...register("condition.series")}
      error={errors?.series?.message}
    />
  );
  const fields: Record<Condition["type"], ReactNode> = {
    lifecycle: (
      <>
        <FormField
          label="Feature"
          hint="Empty: any feature."
          {...register("condition.feature")}
          error={errors?.feature?.message}
        />
        <FormChecks label="Becomes" error={errors?.to?.message}>
          {FEATURE_STATES.map((state) => (
            <FormCheck key={state} label={state} value={state} {...register("condition.to")} />
          ))}
        </FormChecks>
      </>
    ),
    threshold: (
      <>
        {series}
        <FormSelect label="Is" {...register("condition.op")} error={errors?.op?.message}>
          <option value="above">above</option>
          <option value="below">below</option>
        </FormSelect>
        {field("value", "Value")}
        {field("points", "Points in a row")}
      </>
    ),
    change: (
      <>
        {series}
        {field("by", "Changes by more than", "A share: 0.5 is 50 %.")}
        {field("points", "Points in the mean")}
      </>
    ),
    nan: series,
    divergence: (
      <>
        {series}
        {field("factor", "Times its lowest mean")}
        {field("points", "Points in the mean")}
      </>
    ),
    plateau: (
      <>
        {series}
        <FormSelect label="Better is" {...register("condition.goal")} error={errors?.goal?.message}>
          <option value="lower">lower</option>
          <option value="higher">higher</option>
        </FormSelect>
        {field("by", "Better by more than")}
        {field("steps", "For steps")}
      </>
    ),
    run_state: (
      <FormChecks label="Becomes" error={errors?.states?.message}>
        {runStateSchema.options.map((state) => (
          <FormCheck key={state} label={state} value={state} {...register("condition.states")} />
        ))}
      </FormChecks>
    ),
    script: (
      <FormSelect label="Of this level or graver" {...register("condition.level")} error={errors?.level?.message}>
        {alertLevelSchema.options.map((level) => (
          <option key={level}>{level}</option>
        ))}
      </FormSelect>
    ),
  };
  return fields[type];
}
