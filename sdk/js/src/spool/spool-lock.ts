import { join } from "node:path";
import { canSeeLocksOf, type HeldLock, holdLock } from "@tailbone/base/held-lock";
import { TailboneError } from "@tailbone/protocol/errors";
import { LOCK_FILE } from "./remove-spool";
import type { WriterFile } from "./writer-file";

const IN_USE = "SpoolInUseError";

/**
 * Held by the writer of a spool as long as it lives, then by whoever delivers it; null where there are no such locks.
 */
export function lockSpool(dir: string): HeldLock | null {
  const outcome = holdLock(join(dir, LOCK_FILE));
  if (outcome.kind === "unsupported") return null;
  if (outcome.kind === "held") return outcome.lock;
  const { holder } = outcome;
  const error = new TailboneError(
    "conflict",
    `The spool ${dir} is in use${holder === null ? "" : ` by process ${holder.pid} on ${holder.host}`}: its training still runs, or another process delivers it.`,
    "A training delivers by itself; if it was started offline, wait for its end. Nothing else needs to be done.",
  );
  error.name = IN_USE;
  throw error;
}

/** Whether a spool is not delivered because somebody has it who delivers it. */
export function isSpoolInUse(error: unknown): boolean {
  return error instanceof TailboneError && error.name === IN_USE;
}

/**
 * Why the writer of a spool may live although its lock is free; null: it is dead. What may live is delivered and kept:
 * whoever deletes what a living writer appends to loses it.
 */
export function whyMayLive(dir: string, file: WriterFile, lock: HeldLock | null): string | null {
  const { pid, host } = file.holder;
  const writer = `its training (process ${pid} on ${host})`;
  if (lock === null) return `whether ${writer} still runs cannot be seen here, because there are no locks`;
  if (file.version === 1) return `whether ${writer} still runs cannot be seen: a version that held no lock wrote it`;
  if (!file.isLocked) return `whether ${writer} still runs cannot be seen: it could hold no lock`;
  if (!canSeeLocksOf(file.holder.kernel, dir)) {
    return `whether ${writer} still runs cannot be seen from this machine, or it ran before the last restart`;
  }
  return null;
}
