import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** Deleted by whoever holds it, when all else is gone. */
export const LOCK_FILE = "writer.lock";

/** Folders of a spool that outlive its delivery: frames that the hub refused, segments that could not be read. */
const KEPT_FOLDERS: ReadonlySet<string> = new Set(["refused", "quarantine"]);

/**
 * Deletes a spool that is delivered, but for what was set aside and its lock. The writer's file goes last: without it
 * nobody could tell whose the rest is.
 */
export function emptySpool(dir: string): void {
  const names = readdirSync(dir).filter((name) => !KEPT_FOLDERS.has(name) && name !== LOCK_FILE);
  names.sort((a, b) => Number(a === "writer.json") - Number(b === "writer.json"));
  for (const name of names) rmSync(join(dir, name), { recursive: true, force: true });
}

function removeEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // Something is left in it, or somebody else has removed it: both are fine.
  }
}

/** Removes a writer's folder, and then its run's, as far as they are empty. */
export function removeEmptyFolders(dir: string): void {
  removeEmpty(dir);
  removeEmpty(dirname(dir));
}

/** Removes a spool that nobody needs, whatever of it there is. */
export function removeSpool(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch {
    // It could not even be made.
  }
  removeEmptyFolders(dir);
}
