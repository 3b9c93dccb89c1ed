import type { Alert } from "@tailbone/protocol/http";
import type { FeatureState } from "@tailbone/protocol/reading";
import type { AlertLevel, RunRecord } from "@tailbone/protocol/records";
import { v7 as uuidv7 } from "uuid";
import type { StoredEvent } from "./append-life";

/** An alert as it is stored, in the transaction of its frame. */
export type RaisedAlert = Omit<Alert, "run">;

type ScriptAlert = Extract<RunRecord, { type: "alert" }>;

/** What a team is told of by default: that a feature emerges, and that it is no longer what it was. */
const TOLD: Readonly<Record<FeatureState, { readonly title: string; readonly level: AlertLevel } | null>> = {
  absent: null,
  latent: null,
  functional: { title: "emerged", level: "info" },
  vestigial: { title: "turned vestigial", level: "warning" },
  lost: { title: "was lost", level: "warning" },
  "re-emergent": { title: "is used again", level: "info" },
  spandrel: null,
  anomaly: { title: "is used, though no probe reads it", level: "warning" },
};

/** The alerts that frames raise: those of the script itself, and those that tell what happened to features. */
export function raiseAlerts(
  script: readonly ScriptAlert[],
  events: readonly StoredEvent[],
  nowMs: number,
): RaisedAlert[] {
  const own = script.map(({ title, text, level, step, timeMs }) => ({
    id: uuidv7(),
    title,
    text,
    level,
    step: step ?? null,
    timeMs,
    feature: null,
    event: null,
  }));
  const ofLives = events.flatMap(({ id, event }) => {
    const told = TOLD[event.to];
    if (told === null) return [];
    const { feature, sentence, decidedAt } = event;
    const title = `${feature} ${told.title}`;
    return [
      { id: uuidv7(), title, text: sentence, level: told.level, step: decidedAt, timeMs: nowMs, feature, event: id },
    ];
  });
  return [...own, ...ofLives];
}
