import { cn } from "./cn";

/** The place of something that is on its way. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={cn("animate-pulse rounded bg-sunken", className)} />
);
