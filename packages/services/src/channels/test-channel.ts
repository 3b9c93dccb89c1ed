import { randomUUID } from "node:crypto";
import { readChannelTarget } from "@tailbone/db/rules/rules";
import { CHANNELS_PATH } from "@tailbone/protocol/page-paths";
import type { Alert } from "@tailbone/protocol/rules";
import type { Context } from "../context";
import { type Asked, verb } from "../verb";

/**
 * Sends a test message to a channel at once, past the outbox; `error` says what went wrong, null: it was taken. Throws
 * `not_found`.
 */
export const testChannel = verb("testChannel", async ({ ctx, input }: Asked<{ readonly id: string }>) => {
  const target = await readChannelTarget(ctx.db, { ...input, team: ctx.team.id });
  const alert = testAlert(ctx);
  const error = await ctx.hub.send(target, alert, alert.id).then(
    () => null,
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  );
  return { value: { error } };
});

/** What looks like an alert and says that it is none. */
function testAlert({ team, by, nowMs }: Context): Alert {
  const id = randomUUID();
  return {
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
    path: CHANNELS_PATH,
    step: null,
    timeMs: nowMs,
    swallowed: 0,
    swallowedTo: null,
    readAtMs: null,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    snoozedUntilMs: null,
    assignedTo: null,
    unreadable: [],
  };
}
