import * as store from "@tailbone/db/append/open-writer";
import { getRun } from "@tailbone/db/read/get-run";
import type { OpenWriter } from "@tailbone/protocol/run";
import { type Asked, verb } from "../verb";

/**
 * Opens a writer, making its run if needed; the same again changes nothing, so that a writer that heard no answer asks
 * anew. Throws `not_found`, `gone`, `forbidden` for another project than the key's, `too_large` and `rate_limited`.
 */
export const openWriter = verb("openWriter", async ({ ctx, input: request }: Asked<OpenWriter>) => {
  const { db, team, project: only, by, nowMs, hub } = ctx;
  const admitNew = () => hub.quotas.admitRun(team.id);
  const opened = await store.openWriter(db, { team: team.id, request, createdBy: by.name, only, admitNew, nowMs });
  const run = await getRun(db, { team: team.id, run: opened.run });
  return {
    value: opened,
    effects: [
      { type: "writer-opened", request, next: opened.next, by: by.name },
      { type: "run-changed", run },
    ],
  };
});
