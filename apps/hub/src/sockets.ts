import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { singleFlight } from "@tailbone/base/single-flight";
import { TailboneError, type WireError } from "@tailbone/protocol/errors";
import { LIMITS } from "@tailbone/protocol/limits";
import { handshakeSchema, INGEST_NAMESPACE, LIVE_NAMESPACE } from "@tailbone/protocol/sockets";
import { isSpoken, MIN_VERSION, PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { requireVerb } from "@tailbone/services/access";
import type { Caller } from "@tailbone/services/caller";
import { Server } from "socket.io";
import type { Admissions } from "./auth/admissions";
import { isAllowedSocket, isKnownHost, type Origins } from "./auth/origins";
import type { ResolveCaller } from "./auth/resolve-caller";
import { fromOf, type SecurityLog } from "./auth/security-log";
import { toWireError } from "./failure";
import type { HubSocket, SocketServer } from "./hub-socket";
import { hasPackets } from "./live/packets";
import type { Log } from "./log";

export interface SocketsOptions {
  readonly origins: Origins;
  readonly resolveCaller: ResolveCaller;
  readonly admissions: Admissions;
  readonly securityLog: SecurityLog;
  readonly connectWriter: (socket: HubSocket) => void;
  readonly connectViewer: (socket: HubSocket) => void;
  readonly log: Log;
}

export interface Sockets {
  /** Resolves when every answer given so far has left the hub, or after `timeoutMs`. */
  readonly flush: (timeoutMs: number) => Promise<void>;
  readonly close: () => void;
}

/** How often the credentials of open sockets are looked at again: keys and sessions that have expired are cut off. */
const RECHECK_MS = 30_000;

/** How long a connection may stay without saying who it is. */
const ANONYMOUS_MS = 10_000;

type CallerSocket = Pick<HubSocket, "handshake" | "request" | "conn" | "data">;

function headersOf({ headers }: CallerSocket["handshake"]): Headers {
  const found = Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  return new Headers(Object.fromEntries(found));
}

/** Who may connect to a namespace. */
interface Guest {
  /** What it comes for. Writers need a key. */
  readonly verb: "openWriter" | "followRun";
  /** The oldest version that it may speak. */
  readonly oldest: number;
}

const WRITER: Guest = { verb: "openWriter", oldest: MIN_VERSION };
/** A viewer must read frames as the newest writers encode them. */
const VIEWER: Guest = { verb: "followRun", oldest: PROTOCOL_VERSION };

async function resolveSocket(socket: CallerSocket, resolve: ResolveCaller, { verb, oldest }: Guest): Promise<Caller> {
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
  if (verb === "openWriter" && key === undefined) {
    throw new TailboneError("unauthenticated", "A writer needs an API key.", "Set TAILBONE_API_KEY.");
  }
  const { caller } = await resolve({ key, headers: headersOf(socket.handshake), team: undefined });
  requireVerb(caller, verb);
  return caller;
}

/** Lets sockets in that have valid credentials, and tells the others why they are not. */
function guard(options: SocketsOptions, guest: Guest) {
  const { resolveCaller, admissions, securityLog, log } = options;
  return (socket: CallerSocket, next: (error?: Error) => void): void => {
    const cuts = admissions.cuts();
    resolveSocket(socket, resolveCaller, guest).then(
      (caller) => {
        socket.data.caller = caller;
        socket.data.cuts = cuts;
        next();
      },
      (error: unknown) => {
        const data = toWireError(error, log);
        // A page without a session, and one whose session has ended, ask all the time: only a wrong key is worth a
        // word.
        if (data.code === "forbidden" || (data.code === "unauthenticated" && socket.handshake.auth.key !== undefined)) {
          const what = `${guest === WRITER ? INGEST_NAMESPACE : LIVE_NAMESPACE}: ${data.message}`;
          securityLog.refused({ caller: null, from: fromOf(socket.request), action: "access-refused", what });
        }
        next(Object.assign(new Error(data.message), { data }));
      },
    );
  };
}

/** Socket.IO on the hub's server: `/ingest` for writers, `/live` for viewers. */
export function attachSockets(server: HttpServer, options: SocketsOptions): Sockets {
  const { origins, resolveCaller, admissions, connectWriter, connectViewer, log } = options;
  const io: SocketServer = new Server(server, {
    path: "/socket.io",
    serveClient: false,
    transports: ["websocket", "polling"],
    maxHttpBufferSize: LIMITS.frameBytes + 64 * 1024,
    perMessageDeflate: false,
    httpCompression: false,
    destroyUpgrade: false,
    // A connection that has entered no namespace by then, or was refused by all, is cut off.
    connectTimeout: ANONYMOUS_MS,
    allowRequest: (request, decide) => {
      const site = request.headers["sec-fetch-site"];
      const fetchSite = typeof site === "string" ? site : undefined;
      const isHere = isKnownHost(request.headers.host, origins);
      decide(null, isHere && isAllowedSocket({ origin: request.headers.origin, fetchSite }, origins));
    },
  });
  // Everybody may enter the namespace that Socket.IO opens by itself, so nobody may.
  io.use((_socket, next) => {
    const data: WireError = {
      code: "not_found",
      message: "There is nothing at /.",
      hint: `Connect to ${INGEST_NAMESPACE} or ${LIVE_NAMESPACE}.`,
    };
    next(Object.assign(new Error(data.message), { data }));
  });
  const ingest = io.of(INGEST_NAMESPACE);
  const live = io.of(LIVE_NAMESPACE);
  ingest.use(guard(options, WRITER));
  live.use(guard(options, VIEWER));

  const sockets = (): CallerSocket[] => [...ingest.sockets.values(), ...live.sockets.values()];

  async function recheck(socket: CallerSocket, guest: Guest): Promise<void> {
    try {
      const caller = await resolveSocket(socket, resolveCaller, guest);
      if (caller.team.id !== socket.data.caller.team.id) socket.conn.close();
    } catch (error) {
      const { code } = toWireError(error, log);
      if (code === "unauthenticated" || code === "forbidden") socket.conn.close();
    }
  }

  function letIn(socket: HubSocket, guest: Guest): void {
    // The connection, not the socket: the client then comes back by itself, and is told why it may not enter.
    const leave = admissions.enter(socket.data.caller, () => socket.conn.close());
    socket.on("disconnect", () => {
      leave();
      // Whoever left every namespace would stay connected as nobody.
      if (!sockets().some(({ conn }) => conn === socket.conn)) socket.conn.close();
    });
    // Someone lost a right while this one was on the way in: was it this one?
    if (socket.data.cuts !== admissions.cuts()) void recheck(socket, guest);
    if (guest === WRITER) connectWriter(socket);
    else connectViewer(socket);
  }
  ingest.on("connection", (socket) => letIn(socket, WRITER));
  live.on("connection", (socket) => letIn(socket, VIEWER));

  const recheckAll = singleFlight(async () => {
    for (const socket of ingest.sockets.values()) await recheck(socket, WRITER);
    for (const socket of live.sockets.values()) await recheck(socket, VIEWER);
  });
  const timer = setInterval(() => void recheckAll(), RECHECK_MS);

  return {
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
