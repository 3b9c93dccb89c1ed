import { type ComponentProps, useId } from "react";
import { cn } from "./cn";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return (
    <input
      className={cn(
        "h-8 w-full min-w-0 rounded-md border border-line-strong bg-panel px-2.5 text-ink placeholder:text-faint disabled:opacity-60",
        className,
      )}
      {...props}
    />
  );
}

/** A labelled input; `hint` stands below it. */
export function Field({ label, hint, ...props }: ComponentProps<"input"> & { label: string; hint?: string }) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium text-soft text-xs">
        {label}
      </label>
      <Input id={id} {...props} />
      {hint === undefined ? null : <p className="text-faint text-xs">{hint}</p>}
    </div>
  );
}
