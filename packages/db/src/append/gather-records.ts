import type { Frame } from "@tailbone/protocol/frame";
import type { JsonObject } from "@tailbone/protocol/json";
import { LIMITS, utf8Length } from "@tailbone/protocol/limits";
import type { RunError, RunRecord } from "@tailbone/protocol/records";
import type { RunState } from "@tailbone/protocol/run";

/** What of a run's row records change, as it is stored. */
export interface Recorded {
  readonly tags: readonly string[];
  readonly config: unknown;
  /** The config as the writer of the frames knows it. */
  readonly writerConfig: unknown;
}

type Kept<Type extends RunRecord["type"]> = Extract<RunRecord, { type: Type }>[];

/** What the records of frames change; null: nothing. */
export interface Changes {
  config: JsonObject | null;
  writerConfig: JsonObject | null;
  tags: string[] | null;
  dropped: number;
  lines: { timeMs: number; stream: "stdout" | "stderr"; text: string }[];
  checkpoints: Kept<"checkpoint">;
  end: { state: RunState; timeMs: number; error: RunError | null } | null;
}

/**
 * Gathers what the records of frames change. A record that cannot be kept (a config grown beyond its limit, too many
 * tags) is left out, and the run's console says so: it must not hold up the writer's points for ever.
 */
export function gatherRecords(
  head: Recorded,
  frames: readonly Frame[],
  { leftOut, remarks, nowMs }: { leftOut: number; remarks: readonly string[]; nowMs: number },
): Changes {
  const changes: Changes = {
    config: null,
    writerConfig: null,
    tags: null,
    dropped: leftOut,
    lines: [],
    checkpoints: [],
    end: null,
  };
  const refuse = (what: string): void => {
    changes.lines.push({ timeMs: nowMs, stream: "stderr", text: `Tailbone: ${what}` });
  };
  for (const remark of remarks) refuse(remark);
  if (leftOut > 0) {
    refuse(
      `${leftOut} points were left out: a run has at most ${LIMITS.seriesPerRun} series. Log fewer names, or split the run.`,
    );
  }
  for (const record of frames.flatMap((frame) => frame.records)) {
    switch (record.type) {
      case "config": {
        if (!isConfig(head.config)) {
          refuse("a change of the config was left out: what is stored of it cannot be read, and stays as it is.");
          break;
        }
        const config = { ...(changes.config ?? head.config), ...record.config };
        if (utf8Length(JSON.stringify(config)) <= LIMITS.configBytes) {
          changes.config = config;
          if (isConfig(head.writerConfig))
            changes.writerConfig = { ...(changes.writerConfig ?? head.writerConfig), ...record.config };
        } else
          refuse(`a change of the config was left out: the config would take more than ${LIMITS.configBytes} bytes.`);
        break;
      }
      case "tags":
        changes.tags = changeTags(changes.tags ?? head.tags, record, refuse);
        break;
      case "console":
        changes.lines.push(record);
        break;
      case "checkpoint":
        changes.checkpoints.push(record);
        break;
      case "feature":
      case "reading":
      case "alert":
        // See gatherLife.
        break;
      case "dropped":
        changes.dropped += record.points;
        break;
      case "finish":
        changes.end = { state: record.state, timeMs: record.timeMs, error: record.error ?? null };
        break;
    }
  }
  return changes;
}

/** A config of another shape, which another version or another hand wrote, is not written over. */
export const isConfig = (stored: unknown): stored is JsonObject | null =>
  stored === null || (typeof stored === "object" && !Array.isArray(stored));

/**
 * What frames say of features, in order, the alerts that the script raises, and whether the training ends with them.
 */
export function gatherLife(frames: readonly Frame[]): {
  records: Kept<"feature" | "reading">;
  alerts: Kept<"alert">;
  isEnd: boolean;
} {
  const all = frames.flatMap((frame) => frame.records);
  return {
    records: all.filter((record) => record.type === "feature" || record.type === "reading"),
    alerts: all.filter((record) => record.type === "alert"),
    isEnd: all.some((record) => record.type === "finish"),
  };
}

function changeTags(
  before: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
  refuse: (what: string) => void,
): string[] {
  const tags = new Set(before);
  for (const tag of remove) tags.delete(tag);
  for (const tag of add) {
    if (tags.size < LIMITS.tags || tags.has(tag)) tags.add(tag);
    else refuse(`the tag "${tag}" was left out: a run has at most ${LIMITS.tags} tags.`);
  }
  return [...tags];
}
