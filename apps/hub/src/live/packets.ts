import assert from "node:assert";

/**
 * True while Engine.IO holds packets that its transport does not take yet: the other side is slower than the hub.
 * (The WebSocket's own `bufferedAmount` says less: Engine.IO hands it one batch at a time.)
 */
export function hasPackets(connection: object): boolean {
  const buffer: unknown = Reflect.get(connection, "writeBuffer");
  assert(Array.isArray(buffer), "an Engine.IO connection has a writeBuffer");
  return buffer.length > 0;
}
