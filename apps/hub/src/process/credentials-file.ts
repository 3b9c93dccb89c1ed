import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CREDENTIALS_FILE, type Credentials, parseCredentials } from "@tailbone/protocol/credentials";

export function credentialsPath(configHome: string): string {
  return join(configHome, CREDENTIALS_FILE);
}

/** The keys that this machine has, by the origin of their hub; empty when the file is missing or damaged. */
export async function readCredentials(configHome: string): Promise<Credentials> {
  return parseCredentials(await readFile(credentialsPath(configHome), "utf8").catch(() => ""));
}

/** Sets the entries of some origins and keeps the others; written whole or not at all, mode 0600. */
export async function writeCredentials(configHome: string, entries: Credentials): Promise<void> {
  const path = credentialsPath(configHome);
  const merged = { ...(await readCredentials(configHome)), ...entries };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(merged, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
