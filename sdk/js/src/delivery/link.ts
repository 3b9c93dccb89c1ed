import { fromWire, wireErrorSchema } from "@tailbone/protocol/errors";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import type {
  Appended,
  IngestClientEvents,
  IngestServerEvents,
  Reply,
  WriterAddress,
} from "@tailbone/protocol/sockets";
import { INGEST_NAMESPACE } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";
import type { DeliveryEvent } from "./delivery-state";

const ANSWER_TIMEOUT_MS = 20_000;

export interface LinkOptions {
  readonly url: string;
  /** Asked at each connection, so that a key that appears later is found. */
  readonly findKey: () => string | undefined;
  readonly address: WriterAddress;
  /** What happens on it; nothing after `disconnect` but its end. */
  readonly onEvent: (event: DeliveryEvent) => void;
}

/** One writer's way to the hub. What is asked is answered by an event that carries the `turn` it was asked in. */
export interface Link {
  readonly connect: () => void;
  readonly disconnect: () => void;
  readonly open: (request: OpenWriter, turn: number) => void;
  readonly append: (sequence: number, frame: Uint8Array, turn: number) => void;
  /** The writer lives. */
  readonly beat: () => void;
}

/**
 * Over Socket.IO, which connects anew by itself unless the hub has refused or ended the connection on purpose, as it
 * does when it restarts.
 */
export function ingestLink({ url, findKey, address, onEvent }: LinkOptions): Link {
  const socket: Socket<IngestServerEvents, IngestClientEvents> = io(`${url}${INGEST_NAMESPACE}`, {
    autoConnect: false,
    forceNew: true,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 2000,
    timeout: 10_000,
    auth: (give: (handshake: object) => void) => give({ protocol: PROTOCOL_VERSION, key: findKey() }),
  });
  socket.on("connect", () => onEvent({ type: "connected" }));
  socket.on("disconnect", (reason) => onEvent({ type: "disconnected", reason, comesBack: socket.active }));
  socket.on("connect_error", (error: Error & { data?: unknown }) => {
    const refusal = wireErrorSchema.safeParse(error.data);
    const own = refusal.success ? fromWire(refusal.data) : null;
    onEvent({ type: "unreached", error: own, comesBack: socket.active });
  });
  return {
    connect: () => socket.connect(),
    disconnect: () => socket.disconnect(),
    open: (request, turn) =>
      socket
        .timeout(ANSWER_TIMEOUT_MS)
        .emit("writer:open", request, (timedOut: Error | null, reply: Reply<OpenedWriter>) => {
          if (timedOut !== null) onEvent({ type: "unanswered", turn });
          else if (reply.ok) onEvent({ type: "opened", turn, opened: reply.value });
          else onEvent({ type: "notOpened", turn, error: fromWire(reply.error) });
        }),
    append: (sequence, frame, turn) =>
      socket
        .timeout(ANSWER_TIMEOUT_MS)
        .emit("frame:append", address, frame, (timedOut: Error | null, reply: Reply<Appended>) => {
          if (timedOut !== null) onEvent({ type: "unanswered", turn });
          else if (reply.ok) onEvent({ type: "acked", turn, ...reply.value });
          else onEvent({ type: "refused", turn, sequence, error: fromWire(reply.error) });
        }),
    beat: () => socket.volatile.emit("writer:beat", address),
  };
}
