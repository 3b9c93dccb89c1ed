const HOUR_MS = 3_600_000;

const SNOOZES = { "1 hour": HOUR_MS, "1 day": 24 * HOUR_MS, "1 week": 7 * 24 * HOUR_MS } as const;
export const SNOOZE_NAMES = ["1 hour", "1 day", "1 week"] as const;

export const snoozeUntil = (length: keyof typeof SNOOZES, nowMs: number): number => nowMs + SNOOZES[length];
