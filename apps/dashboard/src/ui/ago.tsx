"use client";
import { formatAgo, formatExact } from "../format/time";

/** How long ago, with the exact time on hover. */
export const Ago = ({ timeMs, now }: { timeMs: number; now: number | null }) => (
  <time
    dateTime={new Date(timeMs).toISOString()}
    title={now === null ? undefined : formatExact(timeMs)}
    className="whitespace-nowrap"
  >
    {now === null ? "" : formatAgo(timeMs, now)}
  </time>
);
