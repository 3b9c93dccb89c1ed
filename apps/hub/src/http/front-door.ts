import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { TailboneError } from "@tailbone/protocol/errors";
import { answerError } from "../dashboard/proxy";

/** Who answers what comes through the door. */
interface Behind {
  readonly api: (request: IncomingMessage, response: ServerResponse) => void;
  readonly pages: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Whether a `Host` header names this hub. */
  readonly isKnownHost: (host: string | undefined) => boolean;
}

/** The hub's one server. It holds its port from the first moment on, and answers 503 until it is opened. */
export interface FrontDoor {
  readonly server: Server;
  readonly port: number;
  readonly open: (behind: Behind) => void;
  /** Takes no more connections; what is under way goes on. */
  readonly stop: () => void;
  readonly close: () => void;
}

const isApi = (url: string): boolean =>
  /^\/(api(\/|$|\?)|healthz$|healthz\?|tailbone\.tgz$|metrics$|metrics\?)/.test(url);
const SOCKETS = "/socket.io/";

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  switch (error.code) {
    case "EADDRINUSE":
      return new TailboneError(
        "conflict",
        `Port ${port} on ${host} is in use.`,
        "Stop what uses it (perhaps another Tailbone), or choose another port with TAILBONE_PORT.",
        { cause: error },
      );
    case "EACCES":
      return new TailboneError(
        "forbidden",
        `Port ${port} may not be used.`,
        "Choose one above 1024 with TAILBONE_PORT.",
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new TailboneError(
        "bad_request",
        `This machine has no address ${host}.`,
        "Set TAILBONE_HOST to an address of this machine, or to 0.0.0.0 for all of them.",
      );
    default:
      return error;
  }
}

function wrongHost(host: string | undefined): TailboneError {
  return new TailboneError(
    "forbidden",
    `This hub is not known as ${host}.`,
    "Open it by its own address. If the name is right, say so where the hub is started: TAILBONE_URL=https://… or TAILBONE_HOSTS=name.",
  );
}

/** What cannot be read as HTTP gets the API's own form of an error, on the bare connection. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, failure] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ([
          "431 Request Header Fields Too Large",
          new TailboneError("too_large", "The request's headers are too long.", "Send fewer or shorter headers."),
        ] as const)
      : ([
          "400 Bad Request",
          new TailboneError("bad_request", "The request is not understood as HTTP.", "Send a valid request."),
        ] as const);
  const body = JSON.stringify({ error: failure.toWire() });
  const head = ["content-type: application/json; charset=utf-8", `content-length: ${Buffer.byteLength(body)}`];
  socket.end([`HTTP/1.1 ${status}`, ...head, "connection: close", "", body].join("\r\n"));
}

/** Listens on `host`:`port` (0: any free port). Throws `conflict` when the port is in use. */
export async function openFrontDoor(host: string, port: number): Promise<FrontDoor> {
  const starting = new TailboneError("unavailable", "Tailbone is starting.", "Try again in a few seconds.");
  let isOpen = false;
  let behind: Behind = {
    api: (request, response) => answerError(request, response, starting),
    pages: (request, response) => answerError(request, response, starting),
    upgrade: (_request, socket) => socket.destroy(),
    isKnownHost: () => true,
  };
  const server = createServer((request, response) => {
    if (!behind.isKnownHost(request.headers.host)) answerError(request, response, wrongHost(request.headers.host));
    else if (isApi(request.url ?? "/")) behind.api(request, response);
    else behind.pages(request, response);
  });
  server.on("clientError", answerUnreadable);
  server.on("upgrade", (request, socket, head) => {
    // Node keeps its hands off such a socket: a reset that nobody listens for would end the process.
    socket.on("error", () => socket.destroy());
    if (!behind.isKnownHost(request.headers.host)) socket.destroy();
    else if (!isOpen || !request.url?.startsWith(SOCKETS)) behind.upgrade(request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenFailure(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    server,
    port: address !== null && typeof address === "object" ? address.port : port,
    open: (opened) => {
      behind = opened;
      isOpen = true;
    },
    stop: () => {
      server.close();
      server.closeIdleConnections();
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
