import type { ReactNode } from "react";
import { toTailboneError } from "../api/client";
import { ErrorNotice } from "../ui/notice";
import { TableSkeleton } from "../ui/table";

interface Asked {
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

interface UnreadProps {
  /** What was asked for; of some of it there is nothing yet. */
  of: readonly Asked[];
  /** The shape of what is on its way: a table's rows, or whatever is drawn. */
  shape: number | ReactNode;
  className?: string;
}

/** Stands in the place of what is being read: its shape, or why it cannot be had. */
export function Unread({ of, shape, className = "m-4" }: UnreadProps) {
  const failed = of.find(({ error }) => error !== null);
  if (failed !== undefined)
    return (
      <ErrorNotice error={toTailboneError(failed.error)} onRetry={() => void failed.refetch()} className={className} />
    );
  return typeof shape === "number" ? <TableSkeleton rows={shape} /> : shape;
}
