import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TailboneError } from "@tailbone/protocol/errors";
import { createProxyServer } from "httpxy";
import type { Log } from "../log";

export interface DashboardProxy {
  /** From now on requests go there. */
  readonly aim: (origin: string) => void;
  readonly web: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly close: () => void;
}

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const page = ({ message, hint }: TailboneError): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2"><meta name="color-scheme" content="light dark"><title>Tailbone</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}p{opacity:.75}</style>
</head><body><h1>Tailbone</h1><p>${escapeHtml(message)}</p><p>${escapeHtml(hint)}</p><p><a href="">Retry</a></p></body></html>
`;

/** Says in the sender's language (a page, or JSON) that there is no dashboard at the moment. */
export function answerUnavailable(request: IncomingMessage, response: ServerResponse, error: TailboneError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isPage = request.headers.accept?.includes("text/html") ?? false;
  response.writeHead(503, {
    "content-type": isPage ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    "cache-control": "no-store",
    "retry-after": "2",
  });
  response.end(isPage ? page(error) : JSON.stringify({ error: error.toWire() }));
}

/** Hands everything that is not the API's to the dashboard's process. */
export function createDashboardProxy(log: Log): DashboardProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const proxy = createProxyServer({ agent, xfwd: true, proxyTimeout: 60_000 });
  let target: string | null = null;
  const missing = new TailboneError(
    "unavailable",
    "The dashboard is not there (yet).",
    "It takes a moment to start. A hub that was started without it serves /api and /socket.io alone.",
  );
  const gone = new TailboneError("unavailable", "The dashboard does not answer.", "This page tries again by itself.");
  const web = (request: IncomingMessage, response: ServerResponse): void => {
    if (target === null) {
      answerUnavailable(request, response, missing);
      return;
    }
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("x-frame-options", "DENY");
    response.setHeader("referrer-policy", "same-origin");
    proxy.web(request, response, { target }).catch((error: unknown) => {
      log.debug({ err: error }, "the dashboard did not answer");
      answerUnavailable(request, response, gone);
    });
  };
  return {
    aim: (origin) => {
      target = origin;
    },
    web,
    upgrade: (request, socket, head) => {
      if (target === null || !(socket instanceof Socket)) {
        socket.destroy();
        return;
      }
      proxy.ws(request, socket, { target }, head).catch(() => socket.destroy());
    },
    close: () => agent.destroy(),
  };
}
