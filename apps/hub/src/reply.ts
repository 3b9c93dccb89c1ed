import type { Reply } from "@tailbone/protocol/sockets";
import { toWireError } from "./failure";
import type { Log } from "./log";

/** Does the work and answers with its outcome, always: expected failures and bugs become `{ok: false, error}`. */
export async function answerWith<T>(answer: unknown, log: Log, work: () => T | Promise<T>): Promise<void> {
  let reply: Reply<T>;
  try {
    reply = { ok: true, value: await work() };
  } catch (error) {
    reply = { ok: false, error: toWireError(error, log) };
  }
  // A client may leave the callback out; the types do not bind it.
  if (typeof answer === "function") answer(reply);
}
