import { INGEST_NAMESPACE, type IngestClientEvents, type IngestServerEvents } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";

export type IngestSocket = Socket<IngestServerEvents, IngestClientEvents>;

/** A connection of a writer's own. */
export function openSocket(url: string, key: string): IngestSocket {
  const auth = { protocol: PROTOCOL_VERSION, key };
  return io(`${url}${INGEST_NAMESPACE}`, { transports: ["websocket"], forceNew: true, auth });
}

export async function openWriter(socket: IngestSocket, address: { run: string; writer: string }): Promise<void> {
  const request = {
    ...address,
    project: "bench",
    mode: "create" as const,
    config: {},
    tags: [],
    startedAtMs: Date.now(),
  };
  const opened = await socket.emitWithAck("writer:open", request);
  if (!opened.ok) throw new Error(opened.error.message);
}
