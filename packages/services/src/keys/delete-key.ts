import * as store from "@tailbone/db/access/keys";
import { TailboneError } from "@tailbone/protocol/errors";
import { isManager } from "../access";
import { requireUser } from "../caller";
import { noted } from "../effects";
import { type Asked, verb } from "../verb";

/** Revokes a key: one's own, or anybody's of the team by who manages it. Throws `not_found`. */
export const deleteKey = verb("deleteKey", async ({ ctx, input }: Asked<{ readonly key: string }>) => {
  const createdBy = isManager(ctx) ? null : requireUser(ctx).id;
  const deleted = await store.deleteKey(ctx.db, { team: ctx.team.id, id: input.key, createdBy });
  if (deleted === null) {
    throw new TailboneError(
      "not_found",
      createdBy === null ? "There is no such key in this team." : "You have no such key in this team.",
      "It may have been revoked already, or be another's: an owner or an admin revokes those.",
    );
  }
  const effects = [
    { type: "key-revoked" as const, key: input.key },
    noted(ctx, "key-revoked", `${deleted.name} (${deleted.start}…)`),
  ];
  return { value: {}, effects };
});
