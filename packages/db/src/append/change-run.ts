import { systemClock } from "@tailbone/base/clock";
import type { Occurrence } from "@tailbone/lifecycle/rules/reduce-rule";
import { TailboneError } from "@tailbone/protocol/errors";
import type { RunPatch } from "@tailbone/protocol/http";
import { LIMITS, utf8Length } from "@tailbone/protocol/limits";
import type { RunDetail } from "@tailbone/protocol/run";
import { readRunDetail } from "../read/get-run";
import { applyRules } from "../rules/apply-rules";
import type { run as runTable } from "../schema/run";
import type { Database } from "../server/database";
import { runNotFound } from "./missing-run";
import { orderedJson } from "./stored-text";

/**
 * Changes what a person may change of a run; what is not in the patch stays. Rules see a state that was changed by hand
 * as well: `alerts` are those that they raise. Throws `not_found` and `too_large`.
 */
export async function patchRun(
  db: Database,
  { team, run, patch, nowMs = systemClock.wallMs() }: { team: string; run: string; patch: RunPatch; nowMs?: number },
): Promise<{ run: RunDetail; alerts: readonly string[] }> {
  const { config } = patch;
  if (config !== undefined && utf8Length(JSON.stringify(config)) > LIMITS.configBytes) {
    throw new TailboneError("too_large", `The config takes more than ${LIMITS.configBytes} bytes.`, "Shorten it.");
  }
  return db.$client.begin(async (sql) => {
    const [before] = await sql<Pick<typeof runTable.$inferSelect, "state">[]>`
      select state from run where id = ${run} and team_id = ${team} for no key update`;
    if (before === undefined) throw runNotFound(run);
    await sql`
      update run set
        name = coalesce(${patch.name ?? null}, name),
        tags = coalesce(${patch.tags ?? null}::text[], tags),
        notes = coalesce(${patch.notes ?? null}, notes),
        config = coalesce(${orderedJson(sql, config)}, config),
        state = coalesce(${patch.state ?? null}, state),
        finished_at_ms = case when ${patch.state ?? null}::text is null then finished_at_ms else ${nowMs} end
      where id = ${run} and team_id = ${team}`;
    const { state } = patch;
    const occurrences: Occurrence[] =
      state === undefined || state === before.state
        ? []
        : [{ type: "run_state", state, note: "Somebody said so by hand." }];
    const alerts = await applyRules(sql, { team, run, occurrences, nowMs });
    return { run: await readRunDetail(sql, { team, run }), alerts };
  });
}

/** Deletes a run with everything it holds; that it was there is kept, to tell its writers. Throws `not_found`. */
export async function deleteRun(
  db: Database,
  { team, run, nowMs = systemClock.wallMs() }: { team: string; run: string; nowMs?: number },
): Promise<void> {
  const deleted = await db.$client`
    with deleted as (delete from run where id = ${run} and team_id = ${team} returning id)
    insert into deleted_run (run_id, team_id, deleted_at_ms) select id, ${team}, ${nowMs} from deleted returning run_id`;
  if (deleted.length === 0) throw runNotFound(run);
}
