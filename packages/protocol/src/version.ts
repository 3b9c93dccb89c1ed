/**
 * The version of everything that crosses a process border: frames, socket events, HTTP bodies. Raise it when a change
 * makes an older peer misread a newer one; `version.test.ts` fails until the pinned hash agrees. Then write the new
 * version's vectors, once, with `WRITE_VECTORS=1 npx vitest run packages/protocol/src/vectors.test.ts`, and keep the
 * older ones as they are.
 */
export const PROTOCOL_VERSION = 3;

/**
 * The oldest version that is still read: what a writer of it has spooled is delivered, and a training of it keeps its
 * hub.
 */
export const MIN_VERSION = 2;

/** True for what this side reads: MIN_VERSION up to PROTOCOL_VERSION. */
export function isSpoken(version: number): boolean {
  return MIN_VERSION <= version && version <= PROTOCOL_VERSION;
}
