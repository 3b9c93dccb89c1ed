import type { Firing } from "@tailbone/lifecycle/rules/reduce-rule";
import type { AlertLevel, RunRecord } from "@tailbone/protocol/records";
import { v7 as uuidv7 } from "uuid";

/**
 * How many alerts one commit may raise: each rule, and all rules and the script together. What goes beyond is counted
 * in one more.
 */
export interface AlertCaps {
  readonly ofRule: number;
  readonly ofCommit: number;
}

export const ALERT_CAPS: AlertCaps = { ofRule: 20, ofCommit: 100 };

type AlertRecord = Extract<RunRecord, { type: "alert" }>;
export type ScriptAlert = AlertRecord & { readonly id: string };

const GRAVEST: readonly AlertLevel[] = ["error", "warning", "info"];

/** The alerts of a script, each with its id: the first `most`, and one that counts the others. */
export function capScriptAlerts(records: readonly AlertRecord[], most: number): ScriptAlert[] {
  const kept = records.slice(0, most);
  const held = records.slice(most);
  const [first] = held;
  const all = first === undefined ? kept : [...kept, countHeld(first, held, records.length)];
  return all.map((record) => ({ ...record, id: uuidv7() }));
}

function countHeld(first: AlertRecord, held: readonly AlertRecord[], all: number): AlertRecord {
  return {
    type: "alert",
    timeMs: first.timeMs,
    title: `and ${held.length} more`,
    text: `The script has raised ${all} alerts at once. The first ${all - held.length} are listed. ${sayFirst(first.title)}`,
    level: GRAVEST.find((level) => held.some((record) => record.level === level)) ?? "info",
    step: first.step,
  };
}

/** What a rule says in one commit: the first `most`, and once how much more it had to say. */
export function capFirings(rule: string, firings: readonly Firing[], most: number): Firing[] {
  const held = firings.slice(most);
  const [first] = held;
  if (first === undefined) return [...firings];
  const alone = most === 0 ? "" : ` The first ${most} have alerts of their own.`;
  const text = `The rule "${rule}" has fired ${firings.length} times at once.${alone} ${sayFirst(first.title)}`;
  const more: Firing = {
    key: `more:${uuidv7()}`,
    title: `${rule}: and ${held.length} more`,
    text,
    feature: null,
    after: first.after,
    by: first.by,
    evidence: text,
    existing: null,
  };
  return [...firings.slice(0, most), more];
}

const sayFirst = (title: string): string => `The first of the others: ${title}.`;
