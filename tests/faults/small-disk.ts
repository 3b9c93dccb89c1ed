import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A disk in memory that can run full. */
export interface SmallDisk {
  readonly dir: string;
  readonly fill: () => void;
  readonly free: () => void;
  readonly remove: () => void;
}

/** Mounts one at `dir`; null where this user may not. */
export function mountSmallDisk(dir: string, megabytes: number): SmallDisk | null {
  mkdirSync(dir);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir], { stdio: "ignore" });
  } catch {
    return null;
  }
  const filler = join(dir, "filler");
  return {
    dir,
    fill: () => {
      for (let size = 4 * 1024 * 1024; size > 0; size = Math.floor(size / 2)) {
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(size));
        } catch {
          // No room for this much; perhaps for half of it.
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => {
      execFileSync("umount", ["--lazy", dir]);
    },
  };
}
