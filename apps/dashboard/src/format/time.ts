import { format, intlFormatDistance, isSameDay } from "date-fns";

/** How long something took: `0.4 s`, `12 s`, `1:12`, `2:03:11`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, durationMs / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600);
  if (days > 0) return `${days} d ${hours % 24} h`;
  const minutes = Math.floor(whole / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How far back something lies, in the shortest words: `now`, `12 s ago`, `2 h ago`. */
export function formatAgo(timeMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - timeMs) / 1000);
  if (seconds < 3) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return intlFormatDistance(timeMs, nowMs, { locale: "en" });
}

/** The exact time, as one reads it in a log. */
export function formatExact(timeMs: number): string {
  return format(timeMs, "yyyy-MM-dd HH:mm:ss.SSS");
}

/** The time of day, with the date where it is not today's. */
export function formatClock(timeMs: number, nowMs: number): string {
  return format(timeMs, isSameDay(timeMs, nowMs) ? "HH:mm" : "d MMM HH:mm");
}

/** The day alone, for what is far off. */
export function formatDay(timeMs: number): string {
  return format(timeMs, "d MMM yyyy");
}
