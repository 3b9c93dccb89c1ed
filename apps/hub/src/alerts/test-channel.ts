import { randomUUID } from "node:crypto";
import type { Alert, ChannelTarget } from "@tailbone/protocol/rules";
import type { Caller } from "@tailbone/services/caller";
import type { Send } from "./sender";

/** Sends what looks like an alert and says that it is none. Resolves with what went wrong; null: it was taken. */
export async function testChannel(send: Send, target: ChannelTarget, { team, by }: Caller): Promise<string | null> {
  const id = randomUUID();
  const alert: Alert = {
    id,
    run: { id, name: "no run", project: team.name },
    ruleId: null,
    kind: "script",
    title: "This is a test of the channel",
    text: `${by.name} wanted to see whether alerts of ${team.name} arrive here. Nothing has happened.`,
    level: "info",
    feature: null,
    after: null,
    by: null,
    evidence: "",
    path: "/alerts?tab=channels",
    step: null,
    timeMs: Date.now(),
    swallowed: 0,
    swallowedTo: null,
    readAtMs: null,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    snoozedUntilMs: null,
    assignedTo: null,
    unreadable: [],
  };
  try {
    await send(target, alert, id);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
