import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ERROR_STATUS, TailboneError } from "@tailbone/protocol/errors";
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

const page = ({ code, message, hint }: TailboneError): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${code === "unavailable" ? '<meta http-equiv="refresh" content="2">' : ""}<meta name="color-scheme" content="light dark"><title>Tailbone</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}p{opacity:.75}</style>
</head><body><h1>Tailbone</h1><p>${escapeHtml(message)}</p><p>${escapeHtml(hint)}</p><p><a href="">Retry</a></p></body></html>
`;

/** Says in the sender's language (a page, or JSON) why there is no page. */
export function answerError(request: IncomingMessage, response: ServerResponse, error: TailboneError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isPage = request.headers.accept?.includes("text/html") ?? false;
  const status = ERROR_STATUS[error.code];
  response.writeHead(status, {
    "content-type": isPage ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    ...(status === 503 ? { "retry-after": "2" } : {}),
  });
  response.end(isPage ? page(error) : JSON.stringify({ error: error.toWire() }));
}

/**
 * What a page may do: run scripts that carry this answer's nonce and what those load, speak to this origin alone, and
 * stand in no frame. Styles may be inline: charts, dialogs and notices place what they draw by them, and a style runs
 * nothing.
 */
function pagePolicy(nonce: string, isDevelopment: boolean): { nonce: string; header: string } {
  const header = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { nonce, header };
}

/** Hands everything that is not the API's to the dashboard's process. */
export function createDashboardProxy(log: Log, { isDevelopment = false } = {}): DashboardProxy {
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
      answerError(request, response, missing);
      return;
    }
    const policy = pagePolicy(randomBytes(16).toString("base64"), isDevelopment);
    // Next reads the nonce from the request and puts it on its scripts; what a client sends in its place is
    // overwritten.
    request.headers["content-security-policy"] = policy.header;
    request.headers["x-nonce"] = policy.nonce;
    response.setHeader("content-security-policy", policy.header);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("x-frame-options", "DENY");
    response.setHeader("referrer-policy", "same-origin");
    proxy.web(request, response, { target }).catch((error: unknown) => {
      log.debug({ err: error }, "the dashboard did not answer");
      answerError(request, response, gone);
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
