import assert from "node:assert";

/**
 * Packets that Engine.IO holds for a connection, as its transport does not take them yet. (The WebSocket's own
 * `bufferedAmount` says less: Engine.IO hands it one batch at a time.)
 */
export function countPackets(connection: object): number {
  const buffer: unknown = Reflect.get(connection, "writeBuffer");
  assert(Array.isArray(buffer), "an Engine.IO connection has a writeBuffer");
  return buffer.length;
}

/** True while the other side is slower than the hub. */
export function hasPackets(connection: object): boolean {
  return countPackets(connection) > 0;
}
