import type { ComponentProps } from "react";
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
