import { type ComponentProps, type ReactNode, useId } from "react";
import { Input } from "./input";

interface LabelledProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

interface ControlProps {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

/**
 * A labelled control with its error beside it; the control takes what it is given, so that the error is read out with
 * it.
 */
function Labelled({ label, hint, error, children }: LabelledProps & { children: (aria: ControlProps) => ReactNode }) {
  const id = useId();
  const says = error ?? hint;
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="font-medium text-soft text-xs">
        {label}
      </label>
      {children({
        id,
        "aria-invalid": error !== undefined,
        "aria-describedby": says === undefined ? undefined : `${id}-says`,
      })}
      {says === undefined ? null : (
        <p id={`${id}-says`} className={error === undefined ? "text-faint text-xs" : "text-bad text-xs"}>
          {says}
        </p>
      )}
    </div>
  );
}

export const FormField = ({ label, hint, error, ...props }: LabelledProps & ComponentProps<"input">) => (
  <Labelled label={label} hint={hint} error={error}>
    {(aria) => <Input {...props} {...aria} />}
  </Labelled>
);

/** A value that can be chosen, and what it is called; alone, it is called so itself. */
type Option = string | readonly [value: string | number, says: string];

export const FormSelect = ({
  label,
  hint,
  error,
  options,
  ...props
}: LabelledProps & ComponentProps<"select"> & { options: readonly Option[] }) => (
  <Labelled label={label} hint={hint} error={error}>
    {(aria) => (
      <select
        className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-panel px-2 text-ink"
        {...props}
        {...aria}
      >
        {options.map((option) => {
          const [value, says] = typeof option === "string" ? [option, option] : option;
          return (
            <option key={value} value={value}>
              {says}
            </option>
          );
        })}
      </select>
    )}
  </Labelled>
);

/** Several of a few, each with its box. */
export const FormChecks = ({ label, error, children }: LabelledProps & { children: ReactNode }) => (
  <fieldset className="grid gap-1">
    <legend className="mb-1 font-medium text-soft text-xs">{label}</legend>
    <div className="flex flex-wrap gap-x-4 gap-y-1.5">{children}</div>
    {error === undefined ? null : <p className="text-bad text-xs">{error}</p>}
  </fieldset>
);

export const FormCheck = ({ label, ...props }: ComponentProps<"input"> & { label: ReactNode }) => (
  <label className="inline-flex items-center gap-1.5">
    <input type="checkbox" className="size-3.5 accent-(--accent)" {...props} />
    {label}
  </label>
);
