import { TailboneError } from "@tailbone/protocol/errors";
import type { Passwords } from "@tailbone/services/context";
import { dictionary } from "@zxcvbn-ts/language-common";
import { createAttempts } from "./attempts";
import type { Auth } from "./auth";
import type { SecurityLog } from "./security-log";

const common = new Set(dictionary["passwords-common"].map((one) => one.toLowerCase()));

/**
 * What is left of a password without the decoration that people put around a common one: `Password1!` is `password`.
 */
const bare = (password: string): string =>
  password
    .toLowerCase()
    .replace(/^[\d\W_]+/, "")
    .replace(/[\d\W_]+$/, "");

/**
 * Throws `bad_request` for a password that attackers try first: a common one, one with a tail, the account's own name,
 * one character again and again.
 */
function requireUncommonPassword(password: string, of: { email: string; name: string }): void {
  const lower = password.toLowerCase();
  const own = [of.email, of.email.split("@")[0] ?? "", of.name].map((one) => one.toLowerCase());
  const isCommon = [lower, bare(password)].some((one) => common.has(one) || (one !== "" && own.includes(one)));
  if (!isCommon && new Set(lower).size >= 4) return;
  throw new TailboneError(
    "bad_request",
    "password: it is among the first that attackers try.",
    "Take a longer one, such as four words that have nothing to do with each other.",
  );
}

/** Passwords as better-auth keeps them. What is guessed wrong by somebody who is signed in is noted, and bounded. */
export function createPasswords(auth: Auth, securityLog: SecurityLog): Passwords {
  const attempts = createAttempts();
  return {
    hash: async (password) => (await auth.$context).password.hash(password),
    requireUncommon: requireUncommonPassword,
    isRight: async ({ team, project, by, from }, hash, password) => {
      attempts.require(by.id);
      if (await (await auth.$context).password.verify({ hash, password })) return true;
      attempts.failed(by.id);
      const caller = { team, project, by };
      securityLog.refused({ caller, team: null, from, action: "sign-in-refused", what: "wrong current password" });
      return false;
    },
  };
}
