import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canSeeLocksOf, type Holder, holdLock, type LockOutcome } from "@tailbone/base/held-lock";
import { TailboneError } from "@tailbone/protocol/errors";

const nameOf = ({ pid, host }: Holder): string => `process ${pid} on ${host}`;

/**
 * Makes this process the one hub on a data folder, creating the folder if needed. The lock of a hub that was killed is
 * free, whatever process ids say. Throws `conflict` when another hub lives there or may live there, `forbidden` when
 * the folder cannot be written, and `unavailable` where there are no locks. The result releases the lock.
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, "hub.lock");
  const outcome = takeLock(dataDir, path);
  if (outcome.kind === "taken") {
    throw new TailboneError(
      "conflict",
      `Another hub (${outcome.holder === null ? "it does not say which" : nameOf(outcome.holder)}) already runs on the data folder ${dataDir}.`,
      "Use that one, stop it, or give this one a folder of its own with TAILBONE_DATA.",
    );
  }
  if (outcome.kind === "unsupported") {
    throw new TailboneError(
      "unavailable",
      `The data folder ${dataDir} cannot be kept for one hub alone: ${outcome.why}.`,
      "Choose a folder on a disk of this machine with TAILBONE_DATA, or run the hub on a system that fs-native-extensions is built for.",
    );
  }
  const { lock } = outcome;
  if (lock.previous !== null && !canSeeLocksOf(lock.previous.kernel, dataDir)) {
    const name = nameOf(lock.previous);
    // Released as it was found: whoever tries next is to be told the same.
    lock.release();
    writeFileSync(path, JSON.stringify(lock.previous));
    throw new TailboneError(
      "conflict",
      `A hub on another machine (${name}) used the data folder ${dataDir} and has not ended in order; whether it still runs cannot be seen from here.`,
      `See that it has ended, delete ${path} and start again; or choose another folder with TAILBONE_DATA.`,
    );
  }
  return lock.release;
}

function takeLock(dataDir: string, path: string): LockOutcome {
  try {
    mkdirSync(dataDir, { recursive: true });
    return holdLock(path);
  } catch (error) {
    throw new TailboneError(
      "forbidden",
      `The data folder ${dataDir} cannot be written: ${error instanceof Error ? error.message : error}.`,
      "Make it writable, or choose another folder with TAILBONE_DATA.",
      { cause: error },
    );
  }
}
