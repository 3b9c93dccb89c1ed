import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { syncFolder } from "./durable-folder";

/**
 * Puts a frame that the hub refuses for good into the folder `refused` of its spool, where it stays. Returns where it
 * lies.
 */
export function setAside(dir: string, sequence: number, frame: Uint8Array): string {
  const folder = join(dir, "refused");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${sequence}.frame`);
  writeFileSync(path, frame);
  return path;
}

/**
 * Puts segments that could not be read as a whole into the folder `quarantine` of their spool, where they stay; `what`
 * goes into damage.json beside them. Returns the folder.
 */
export function quarantineSegments(dir: string, paths: Iterable<string>, what: object): string {
  const folder = join(dir, "quarantine");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "damage.json"), `${JSON.stringify(what, null, 2)}\n`, { mode: 0o600 });
  for (const path of paths) renameSync(path, join(folder, basename(path)));
  syncFolder(folder);
  return folder;
}
