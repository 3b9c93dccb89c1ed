import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder's entries as durable as the files themselves; where a folder cannot be synced, the system does
 * without.
 */
export function syncFolder(dir: string): void {
  try {
    const fd = openSync(dir, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (process.platform !== "win32" && code !== "EACCES" && code !== "EINVAL") throw error;
  }
}

/**
 * Makes a folder and those above it, mode 0700, so that a loss of power leaves them there: a file in a folder that is
 * not is as lost as one that was never written. Returns the folders that were synced, because an entry of theirs is
 * new.
 */
export function makeDurableFolder(dir: string): string[] {
  const whole = resolve(dir);
  const topmost = mkdirSync(whole, { recursive: true, mode: 0o700 });
  if (topmost === undefined) return [];
  const synced: string[] = [];
  for (let made = whole; ; made = dirname(made)) {
    const above = dirname(made);
    syncFolder(above);
    synced.push(above);
    if (made === topmost) return synced;
  }
}
