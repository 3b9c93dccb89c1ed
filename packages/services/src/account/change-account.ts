import * as store from "@tailbone/db/access/accounts";
import type { AccountChange } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { requireUser } from "../caller";
import { noted } from "../effects";
import { type Asked, verb } from "../verb";

/**
 * Changes the caller's password or e-mail, by the current password if there is one; other sessions end. Throws
 * `forbidden` for a wrong one, `rate_limited` after many, `bad_request` for a common one, `conflict` for an address
 * that is taken.
 */
export const changeAccount = verb("changeAccount", async ({ ctx, input }: Asked<AccountChange>) => {
  const { db, nowMs, hub } = ctx;
  const user = requireUser(ctx);
  const { password, current = "" } = input;
  const email = (input.email ?? user.email).toLowerCase();
  const { passwordHash: known } = await store.readCredentials(db, user.id);
  if (known !== null && !(await hub.passwords.isRight(ctx, known, current))) {
    throw new TailboneError("forbidden", "The current password is another.", "Type the one that you sign in with.");
  }
  if (password !== undefined) hub.passwords.requireUncommon(password, { email, name: user.name });
  const sessions = await store.changeAccount(db, {
    user: user.id,
    email: email === user.email ? undefined : email,
    passwordHash: password === undefined ? undefined : await hub.passwords.hash(password),
    session: user.session,
    nowMs,
  });
  const what = [email === user.email ? [] : [`e-mail to ${email}`], password === undefined ? [] : ["password"]].flat();
  return {
    value: { email },
    effects: [{ type: "sessions-ended", sessions }, noted(ctx, "account-changed", what.join(" and "), "account")],
  };
});
