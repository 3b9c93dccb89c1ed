import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import { SEGMENT_PATTERN } from "./segment";
import { hasWriterFile, loadWriterFile, type WriterFile } from "./writer-file";

/** What one writer has on disk; its training may still run. */
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
}

/** A folder that cannot be read, or whose spool cannot be. */
export interface UnreadableSpool {
  readonly dir: string;
  readonly error: TailboneError;
}

export interface FoundSpools {
  /** Oldest first. */
  readonly spools: readonly SpoolInfo[];
  readonly unreadable: readonly UnreadableSpool[];
}

/**
 * The spools below a folder: a spool folder (`.tailbone/spool`), one run's part of it, or one writer's. A folder that
 * is not there holds none.
 */
export async function findSpools(root: string): Promise<FoundSpools> {
  const spools: SpoolInfo[] = [];
  const unreadable: UnreadableSpool[] = [];
  const refuse = (dir: string, error: unknown): void => {
    // Its writer has delivered and removed it meanwhile.
    if (codeOf(error) !== "ENOENT") unreadable.push({ dir, error: unreadableBy(dir, error) });
  };
  for (const dir of await foldersUpTo(root, 2, refuse)) {
    try {
      const info = await describeSpool(dir);
      if (info !== null) spools.push(info);
    } catch (error) {
      refuse(dir, error);
    }
  }
  return { spools: spools.sort((a, b) => a.startedAtMs - b.startedAtMs), unreadable };
}

/** Those of the spools below a folder that can be read. */
export async function listSpools(root: string): Promise<readonly SpoolInfo[]> {
  return (await findSpools(root)).spools;
}

async function foldersUpTo(
  dir: string,
  depth: number,
  refuse: (dir: string, error: unknown) => void,
): Promise<string[]> {
  if (depth === 0) return [dir];
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    refuse(dir, error);
    return [];
  });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(dir, entry.name));
  return [dir, ...(await Promise.all(folders.map((below) => foldersUpTo(below, depth - 1, refuse)))).flat()];
}

async function describeSpool(dir: string): Promise<SpoolInfo | null> {
  // Segments that were set aside have a description beside them instead of a writer.
  if (basename(dir) === "quarantine" || !(await isSpool(dir))) return null;
  const file = await loadUnlessGone(dir);
  if (file === null) return null;
  const { request, url } = file;
  if (basename(dir) !== request.writer || basename(dirname(dir)) !== request.run) {
    throw new TailboneError(
      "conflict",
      `The folder ${dir} is a copy of another spool (run ${request.run}, writer ${request.writer}), and is not delivered.`,
      `If the other is gone, call this one ${join(request.run, request.writer)}; else delete it.`,
    );
  }
  const names = await listSegments(dir);
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
  };
}

async function listSegments(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => SEGMENT_PATTERN.test(name));
}

const isSpool = async (dir: string): Promise<boolean> => hasWriterFile(dir) || (await listSegments(dir)).length > 0;

/** Null: its writer has delivered and removed it since it was found. */
async function loadUnlessGone(dir: string): Promise<WriterFile | null> {
  try {
    return loadWriterFile(dir);
  } catch (error) {
    if (await isSpool(dir)) throw error;
    return null;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

function unreadableBy(dir: string, error: unknown): TailboneError {
  if (error instanceof TailboneError) return error;
  if (codeOf(error) === undefined) throw error;
  return new TailboneError(
    "forbidden",
    `The folder ${dir} could not be read: ${error instanceof Error ? error.message : error}.`,
    "Make it readable; everything in it is kept.",
  );
}
