import { rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

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
