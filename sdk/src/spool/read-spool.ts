import { decodeFrame, type Frame } from "@tailbone/protocol/frame";
import { Spool } from "./spool";

/** The frames of a spool, in order. Throws DamagedSpoolError where one cannot be read, unless damage is to be skipped. */
export async function* readSpool(
  { dir }: { readonly dir: string },
  options: { readonly skipDamaged?: boolean } = {},
): AsyncGenerator<Frame> {
  const spool = Spool.open(dir, options);
  try {
    for (let sequence = spool.first; sequence < spool.end; sequence++) {
      const bytes = spool.read(sequence);
      if (bytes !== null) yield decodeFrame(bytes);
    }
  } finally {
    spool.close();
  }
}
