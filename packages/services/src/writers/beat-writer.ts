import * as store from "@tailbone/db/append/beat-writer";
import type { Effect } from "../effects";
import { type Asked, type OfRun, verb } from "../verb";

interface BeatWriter extends OfRun {
  /** Left out: whichever the run has. */
  readonly writer?: string | undefined;
}

/** The writer lives: a run that was called stalled runs again. Throws `not_found` and `gone`. */
export const beatWriter = verb("beatWriter", async ({ ctx, input }: Asked<BeatWriter>) => {
  const { run, writer = null } = input;
  const { state, revived } = await store.beatWriter(ctx.db, { run, writer, team: ctx.team.id, nowMs: ctx.nowMs });
  const effects: Effect[] = revived === null ? [] : [{ type: "run-changed", run: revived }];
  return { value: { state }, effects };
});
