import { z } from "zod";
import { TailboneError } from "../errors";

/** What is kept for long, in the form of the newest version, which says so: `{ version: 2, … }`. */
export interface Versioned<T extends { version: number }> {
  /** What it is, for people. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** Each makes of one version the next: the first of version 1. There is one less than there are versions. */
  readonly upgrades: readonly ((older: Readonly<Record<string, unknown>>) => Record<string, unknown>)[];
}

const anyVersion = z.looseObject({ version: z.number().int().positive() });

/**
 * What was stored by this version or any before, as this one knows it. Throws `version_mismatch` when it cannot be
 * read, which a later version may have written.
 */
export function readVersioned<T extends { version: number }>(
  { name, schema, upgrades }: Versioned<T>,
  stored: unknown,
): T {
  const unreadable = (why: string, cause?: unknown): TailboneError =>
    new TailboneError(
      "version_mismatch",
      `The ${name} that were saved cannot be read: ${why}.`,
      "They are kept as they are. Open them with the release of Tailbone that saved them, or begin anew.",
      { cause },
    );
  const found = anyVersion.safeParse(stored);
  if (!found.success) throw unreadable("they do not say their version", found.error);
  const newest = upgrades.length + 1;
  const { version } = found.data;
  if (version > newest) throw unreadable(`they are of version ${version}, and this hub knows ${newest}`);
  const upgraded = upgrades
    .slice(version - 1)
    .reduce<Record<string, unknown>>(
      (older, upgrade, index) => ({ ...upgrade(older), version: version + index + 1 }),
      found.data,
    );
  const read = schema.safeParse(upgraded);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw unreadable(`${issue?.path.join(".")}: ${issue?.message}`, read.error);
}
