import type { TailboneError } from "@tailbone/protocol/errors";
import type { ReactNode } from "react";
import { Button } from "./button";
import { cn } from "./cn";

/** What happened and what to do, in the place of what could not be shown. */
export function ErrorNotice({
  error,
  onRetry,
  className,
}: {
  error: TailboneError;
  onRetry?: (() => void) | undefined;
  className?: string;
}) {
  return (
    <div role="alert" className={cn("grid max-w-xl gap-1 rounded-lg border border-bad/30 bg-bad-soft p-4", className)}>
      <p className="font-medium">{error.message}</p>
      <p className="text-soft">{error.hint}</p>
      {onRetry === undefined ? null : (
        <div className="mt-2">
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

/** Says why there is nothing here, and how there will be something. */
export function EmptyNotice({
  title,
  children,
  className,
}: {
  title: string;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn("grid max-w-xl gap-1.5 py-10 text-soft", className)}>
      <p className="font-medium text-ink">{title}</p>
      {children}
    </div>
  );
}
