import { decodeFrame, type Frame } from "@tailbone/protocol/frame";
import { LeftSpool } from "./left-spool";

/** The whole frames of a spool as it is on disk now, in order; what cannot be read is passed over. */
export function* readSpool({ dir }: { readonly dir: string }): Generator<Frame> {
  for (const bytes of new LeftSpool(dir, { isKept: true }).frames()) yield decodeFrame(bytes);
}
