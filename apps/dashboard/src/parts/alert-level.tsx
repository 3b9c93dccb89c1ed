import type { AlertLevel } from "@tailbone/protocol/records";
import { cn } from "../ui/cn";

const looks: Record<AlertLevel, string> = { info: "text-soft", warning: "text-warn", error: "text-bad" };

/** How grave an alert is, in a word. */
export const LevelWord = ({ level, className }: { level: AlertLevel; className?: string }) => (
  <span className={cn("shrink-0 text-xs", looks[level], className)}>{level}</span>
);
