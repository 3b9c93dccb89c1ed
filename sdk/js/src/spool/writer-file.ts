import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import { openWriterSchema } from "@tailbone/protocol/run";
import { z } from "zod";
import { syncFolder } from "./durable-folder";

const FILE = "writer.json";

const addressSchema = z.object({ url: z.url(), request: openWriterSchema });

/**
 * Written by a writer that holds `writer.lock` as long as it lives (`isLocked`), or could not, under the kernel that it
 * names.
 */
const lockedFileSchema = addressSchema.extend({
  version: z.literal(2),
  holder: z.object({ pid: z.number().int(), host: z.string(), kernel: z.string() }),
  isLocked: z.boolean(),
});

/**
 * Written by a version whose writers held no lock: only a process id says whose it is, and that says nothing about
 * life.
 */
const unlockedFileSchema = addressSchema.extend({
  version: z.literal(1),
  holder: z.object({ pid: z.number().int(), host: z.string() }),
});

/** What a spool must know to be delivered by another process. It holds no key. */
const writerFileSchema = z.discriminatedUnion("version", [lockedFileSchema, unlockedFileSchema]);
export type WriterFile = z.infer<typeof writerFileSchema>;
export type LockedWriterFile = z.infer<typeof lockedFileSchema>;

/** Written whole or not at all. */
export function saveWriterFile(dir: string, file: LockedWriterFile): void {
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

export function hasWriterFile(dir: string): boolean {
  return existsSync(join(dir, FILE));
}

/**
 * Throws `frame_malformed` when there is none that can be read: then nobody knows whose frames those are, or where they
 * belong.
 */
export function loadWriterFile(dir: string): WriterFile {
  const path = join(dir, FILE);
  try {
    return writerFileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const what = existsSync(path) ? "is damaged, or of a newer version" : "is missing";
    throw new TailboneError(
      "frame_malformed",
      `The spool ${dir} could not be read: ${path} ${what}.`,
      "Everything in it is kept. With that file of a backup, or upgraded, `tailbone sync` delivers it; else delete the folder.",
      { cause },
    );
  }
}
