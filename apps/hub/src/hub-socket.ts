import type { IngestClientEvents, LiveClientEvents, LiveServerEvents } from "@tailbone/protocol/sockets";
import type { Caller } from "@tailbone/services/caller";
import type { Server, Socket } from "socket.io";

type ClientEvents = IngestClientEvents & LiveClientEvents;
type NoEvents = Record<string, never>;

/** What a socket that was let in carries. */
interface SocketData {
  caller: Caller;
  /** How often rights had been lost when it was looked up who the caller is. */
  cuts: number;
}

/** Sockets of both namespaces: Socket.IO types a server's events as a whole. `/ingest` is sent nothing. */
export type HubSocket = Socket<ClientEvents, LiveServerEvents, NoEvents, SocketData>;
export type SocketServer = Server<ClientEvents, LiveServerEvents, NoEvents, SocketData>;
