import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import { v7 as uuidv7 } from "uuid";
import { currentHolder, type Holder, holderSchema, isHolderAlive } from "./holder";

const FILE = "deliver.lock";

function readLock(path: string): { holder: Holder; touchedAtMs: number } | null {
  try {
    return { holder: holderSchema.parse(JSON.parse(readFileSync(path, "utf8"))), touchedAtMs: statSync(path).mtimeMs };
  } catch {
    return null;
  }
}

/** Makes this process the one that delivers a spool. Throws `conflict` when another one does. Returns what ends that. */
export function lockSpool(dir: string): () => void {
  const path = join(dir, FILE);
  const draft = join(dir, `${FILE}.${uuidv7()}`);
  writeFileSync(draft, JSON.stringify(currentHolder()), { mode: 0o600 });
  try {
    // A link appears whole or not at all, so nobody ever reads half a lock.
    for (;;) {
      try {
        linkSync(draft, path);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
      const lock = readLock(path);
      if (lock !== null && isHolderAlive(lock.holder, lock.touchedAtMs, Date.now())) {
        throw new TailboneError(
          "conflict",
          `The spool ${dir} is being delivered by process ${lock.holder.pid}.`,
          "Wait for it; nothing else needs to be done.",
        );
      }
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}
