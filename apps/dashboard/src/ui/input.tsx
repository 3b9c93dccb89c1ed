import type { ComponentProps } from "react";
import { cn } from "./cn";

interface SearchProps {
  /** What can be found, as in `Find a chart`. */
  label: string;
  value: string;
  onFind: (text: string) => unknown;
  className?: string;
}

/** What the key `/` goes to. One to a page. */
export const SearchInput = ({ label, value, onFind, className }: SearchProps) => (
  <Input
    data-search
    className={cn("h-7 w-60 text-xs", className)}
    placeholder={`${label}  ( / )`}
    aria-label={label}
    value={value}
    onChange={(event) => onFind(event.target.value)}
  />
);

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
