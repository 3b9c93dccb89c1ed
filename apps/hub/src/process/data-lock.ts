import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import { z } from "zod";

const holderSchema = z.object({ pid: z.number().int(), born: z.string(), token: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** What tells a process from a later one with the same id; empty where the system does not say. */
async function birthOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return holder.born === (await birthOf(holder.pid));
}

async function readHolder(path: string): Promise<Holder | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Makes this process the one hub on a data folder, creating the folder if needed. A lock whose holder was
 * killed is taken over. Throws `conflict` when another hub lives there, and
 * `forbidden` when it cannot be written. The result releases the lock.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, "hub.lock");
  const own: Holder = { pid: process.pid, born: await birthOf(process.pid), token: randomUUID() };
  const draft = `${path}.${own.token}`;
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  } catch (error) {
    throw new TailboneError(
      "forbidden",
      `The data folder ${dataDir} cannot be written: ${error instanceof Error ? error.message : error}.`,
      "Make it writable, or choose another folder with TAILBONE_DATA.",
      { cause: error },
    );
  }
  try {
    // A link appears whole or not at all, so nobody ever reads half a lock.
    for (;;) {
      const taken = await link(draft, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
      if (taken) break;
      const holder = await readHolder(path);
      if (holder !== null && (await isAlive(holder))) {
        throw new TailboneError(
          "conflict",
          `Another hub (process ${holder.pid}) already runs on the data folder ${dataDir}.`,
          "Use that one, stop it, or give this one a folder of its own with TAILBONE_DATA.",
        );
      }
      await rm(path, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    const holder = await readHolder(path);
    if (holder?.token === own.token) await rm(path, { force: true });
  };
}
