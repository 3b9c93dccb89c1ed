import { type ComponentProps, type ReactNode, useId } from "react";
import { Input } from "./input";

interface LabelledProps {
  label: string;
  hint?: string;
  error: string | undefined;
}

/**
 * A labelled control with its error beside it; the control takes what it is given, so that the error is read out with
 * it.
 */
function Labelled({
  label,
  hint,
  error,
  children,
}: LabelledProps & {
  children: (aria: { id: string; "aria-invalid": boolean; "aria-describedby": string }) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="font-medium text-soft text-xs">
        {label}
      </label>
      {children({ id, "aria-invalid": error !== undefined, "aria-describedby": `${id}-says` })}
      <p id={`${id}-says`} className={error === undefined ? "text-faint text-xs" : "text-bad text-xs"}>
        {error ?? hint}
      </p>
    </div>
  );
}

export const FormField = ({ label, hint, error, ...props }: LabelledProps & ComponentProps<"input">) => (
  <Labelled label={label} error={error} {...(hint === undefined ? {} : { hint })}>
    {(aria) => <Input {...props} {...aria} />}
  </Labelled>
);

export const FormSelect = ({ label, hint, error, children, ...props }: LabelledProps & ComponentProps<"select">) => (
  <Labelled label={label} error={error} {...(hint === undefined ? {} : { hint })}>
    {(aria) => (
      <select
        className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-panel px-2 text-ink"
        {...props}
        {...aria}
      >
        {children}
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
