import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SEGMENT_PATTERN } from "./segment";
import { isWriterAlive, loadWriterFile } from "./writer-file";

/** What one writer has on disk. */
export interface SpoolInfo {
  readonly dir: string;
  readonly run: string;
  readonly writer: string;
  readonly project: string;
  /** Undefined: the hub has found one, or will. */
  readonly name: string | undefined;
  /** The hub that it was written for. */
  readonly url: string;
  readonly startedAtMs: number;
  /** Bytes of its segments. */
  readonly bytes: number;
  /** Its training still runs, and delivers by itself. */
  readonly isAlive: boolean;
}

/**
 * The spools below a folder, oldest first: a spool folder (`.tailbone/spool`), one run's part of it, or one writer's. A folder that is
 * not there holds none.
 */
export async function listSpools(root: string): Promise<SpoolInfo[]> {
  const found: SpoolInfo[] = [];
  for (const dir of await foldersUpTo(root, 2)) {
    const info = await describeSpool(dir);
    if (info !== null) found.push(info);
  }
  return found.sort((a, b) => a.startedAtMs - b.startedAtMs);
}

async function foldersUpTo(dir: string, depth: number): Promise<string[]> {
  if (depth === 0) return [dir];
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => foldersUpTo(join(dir, entry.name), depth - 1)),
  );
  return [dir, ...below.flat()];
}

async function describeSpool(dir: string): Promise<SpoolInfo | null> {
  const file = loadWriterFile(dir);
  if (file === null) return null;
  const { request, url } = file;
  // A folder that was copied here is none of that writer's.
  if (basename(dir) !== request.writer || basename(dirname(dir)) !== request.run) return null;
  try {
    const names = (await readdir(dir)).filter((name) => SEGMENT_PATTERN.test(name));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size));
    return {
      dir,
      run: request.run,
      writer: request.writer,
      project: request.project,
      name: request.name,
      url,
      startedAtMs: request.startedAtMs,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      isAlive: isWriterAlive(dir, file, Date.now()),
    };
  } catch (error) {
    // Its writer has delivered and removed it meanwhile.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
