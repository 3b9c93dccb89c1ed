import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { TailboneError } from "@tailbone/protocol/errors";
import { LIMITS } from "@tailbone/protocol/limits";
import { handshakeSchema, INGEST_NAMESPACE, LIVE_NAMESPACE } from "@tailbone/protocol/sockets";
import { isSpoken, MIN_VERSION, PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { Server } from "socket.io";
import type { Caller } from "./auth/caller";
import { isAllowedSocket, type Origins } from "./auth/origins";
import type { ResolveCaller } from "./auth/resolve-caller";
import { toWireError } from "./failure";
import type { HubSocket, SocketServer } from "./hub-socket";
import { hasPackets } from "./live/packets";
import type { Log } from "./log";

export interface SocketsOptions {
  readonly origins: Origins;
  readonly resolveCaller: ResolveCaller;
  readonly connectWriter: (socket: HubSocket) => void;
  readonly connectViewer: (socket: HubSocket) => void;
  readonly log: Log;
}

export interface Sockets {
  readonly disconnectKey: (id: string) => void;
  /** Resolves when every answer given so far has left the hub, or after `timeoutMs`. */
  readonly flush: (timeoutMs: number) => Promise<void>;
  readonly close: () => void;
}

/** How often the credentials of open sockets are looked at again: who signed out or was removed is cut off. */
const RECHECK_MS = 30_000;

type CallerSocket = Pick<HubSocket, "handshake" | "conn" | "data">;

function headersOf({ headers }: CallerSocket["handshake"]): Headers {
  const found = Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  return new Headers(Object.fromEntries(found));
}

/** Who may connect to a namespace. */
interface Guest {
  readonly needsKey: boolean;
  /** The oldest version that it may speak. */
  readonly oldest: number;
}

const WRITER: Guest = { needsKey: true, oldest: MIN_VERSION };
/** A viewer must read frames as the newest writers encode them. */
const VIEWER: Guest = { needsKey: false, oldest: PROTOCOL_VERSION };

async function resolveSocket(
  socket: CallerSocket,
  resolve: ResolveCaller,
  { needsKey, oldest }: Guest,
): Promise<Caller> {
  const handshake = handshakeSchema.safeParse(socket.handshake.auth);
  if (!handshake.success || !isSpoken(handshake.data.protocol) || handshake.data.protocol < oldest) {
    const theirs = handshake.success ? `version ${handshake.data.protocol}` : "no version";
    const ours = oldest === PROTOCOL_VERSION ? PROTOCOL_VERSION : `${oldest} to ${PROTOCOL_VERSION}`;
    throw new TailboneError(
      "version_mismatch",
      `The connection is of protocol ${theirs}, this hub speaks ${ours}.`,
      "Reload the page, or upgrade the older side: the hub first, then what connects to it.",
    );
  }
  const { key } = handshake.data;
  if (needsKey && key === undefined) {
    throw new TailboneError("unauthenticated", "A writer needs an API key.", "Set TAILBONE_API_KEY.");
  }
  const { caller } = await resolve({ key, headers: headersOf(socket.handshake), team: undefined });
  return caller;
}

/** Lets sockets in that have valid credentials, and tells the others why they are not. */
function guard(resolve: ResolveCaller, guest: Guest, log: Log) {
  return (socket: CallerSocket, next: (error?: Error) => void): void => {
    resolveSocket(socket, resolve, guest).then(
      (caller) => {
        socket.data.caller = caller;
        next();
      },
      (error: unknown) => {
        const data = toWireError(error, log);
        next(Object.assign(new Error(data.message), { data }));
      },
    );
  };
}

/** Socket.IO on the hub's server: `/ingest` for writers, `/live` for viewers. */
export function attachSockets(server: HttpServer, options: SocketsOptions): Sockets {
  const { origins, resolveCaller, connectWriter, connectViewer, log } = options;
  const io: SocketServer = new Server(server, {
    path: "/socket.io",
    serveClient: false,
    transports: ["websocket", "polling"],
    maxHttpBufferSize: LIMITS.frameBytes + 64 * 1024,
    perMessageDeflate: false,
    httpCompression: false,
    destroyUpgrade: false,
    allowRequest: (request, decide) => {
      const site = request.headers["sec-fetch-site"];
      const fetchSite = typeof site === "string" ? site : undefined;
      decide(null, isAllowedSocket({ origin: request.headers.origin, fetchSite }, origins));
    },
  });
  const ingest = io.of(INGEST_NAMESPACE);
  const live = io.of(LIVE_NAMESPACE);
  ingest.use(guard(resolveCaller, WRITER, log));
  live.use(guard(resolveCaller, VIEWER, log));
  ingest.on("connection", connectWriter);
  live.on("connection", connectViewer);

  const sockets = (): CallerSocket[] => [...ingest.sockets.values(), ...live.sockets.values()];

  async function recheck(): Promise<void> {
    for (const socket of sockets()) {
      try {
        const caller = await resolveSocket(socket, resolveCaller, { ...VIEWER, oldest: MIN_VERSION });
        if (caller.team.id !== socket.data.caller.team.id) socket.conn.close();
      } catch (error) {
        const { code } = toWireError(error, log);
        if (code === "unauthenticated" || code === "forbidden") socket.conn.close();
      }
    }
  }
  const timer = setInterval(() => void recheck(), RECHECK_MS);

  return {
    disconnectKey: (id) => {
      for (const socket of sockets()) {
        const { by } = socket.data.caller;
        // The connection, not the socket: the client then comes back by itself, and is told why it may not enter.
        if (by.kind === "key" && by.id === id) socket.conn.close();
      }
    },
    flush: async (timeoutMs) => {
      const busy = sockets().filter(({ conn }) => hasPackets(conn));
      const signal = AbortSignal.timeout(timeoutMs);
      await Promise.allSettled(busy.map(({ conn }) => once(conn, "drain", { signal })));
    },
    close: () => {
      clearInterval(timer);
      // It would wait for every connection of the server to end; those are the front door's to cut.
      void io.close();
    },
  };
}
