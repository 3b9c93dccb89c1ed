import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, utimesSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openWriterSchema } from "@tailbone/protocol/run";
import { z } from "zod";
import { holderSchema, isHolderAlive } from "./holder";

const FILE = "writer.json";

/** What a spool must know to be delivered by another process. It holds no key. */
const writerFileSchema = z.object({
  version: z.literal(1),
  url: z.url(),
  request: openWriterSchema,
  holder: holderSchema,
});
export type WriterFile = z.infer<typeof writerFileSchema>;

/** Makes a folder's entries as durable as the files themselves; where a folder cannot be synced, the system does without. */
export function syncFolder(dir: string): void {
  try {
    const fd = openSync(dir, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (process.platform !== "win32") throw error;
  }
}

/** Written whole or not at all. */
export function saveWriterFile(dir: string, file: WriterFile): void {
  const draft = join(dir, `${FILE}.draft`);
  const fd = openSync(draft, "w", 0o600);
  try {
    writeSync(fd, `${JSON.stringify(file, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, join(dir, FILE));
  syncFolder(dir);
}

/** Null when there is none that can be read. */
export function loadWriterFile(dir: string): WriterFile | null {
  try {
    return writerFileSchema.parse(JSON.parse(readFileSync(join(dir, FILE), "utf8")));
  } catch {
    return null;
  }
}

/** Says that the writer lives, to processes that cannot see it. */
export function touchWriterFile(dir: string, nowMs: number): void {
  utimesSync(join(dir, FILE), nowMs / 1000, nowMs / 1000);
}

/** True while the process that made the spool lives. */
export function isWriterAlive(dir: string, file: WriterFile, nowMs: number): boolean {
  return isHolderAlive(file.holder, statSync(join(dir, FILE)).mtimeMs, nowMs);
}
