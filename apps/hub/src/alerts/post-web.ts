import { lookup } from "node:dns/promises";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { TailboneError } from "@tailbone/protocol/errors";
import { isPrivateAddress } from "./private-address";

const TIMEOUT_MS = 10_000;

type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;

export interface PostOptions {
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
}

const resolveAll: Resolve = (host) => lookup(host, { all: true });

/**
 * Posts JSON to an address that a person has given. Connects to the very address that was checked, follows no redirect,
 * and reads nothing of the answer but its status. Throws `forbidden` for a private address and `unavailable` for any
 * answer but 2xx.
 */
export async function postWeb(
  target: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { allowPrivate, resolve = resolveAll }: PostOptions,
): Promise<void> {
  const url = new URL(target);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const found = family === 0 ? await resolve(host) : [{ address: host, family }];
  const [pinned] = found;
  if (pinned === undefined) throw new TailboneError("unavailable", `${host} has no address.`, "Check the address.");
  if (!allowPrivate && found.some(({ address }) => isPrivateAddress(address))) {
    throw new TailboneError(
      "forbidden",
      `${host} leads into a private network, where alerts are not sent.`,
      "Use a public address, or start the hub with TAILBONE_ALLOW_PRIVATE_WEBHOOKS=1.",
    );
  }
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const status = await new Promise<number>((done, fail) => {
    const sent = send(url, {
      method: "POST",
      agent: false,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      lookup: (_, options, answer) => {
        if (options.all === true) answer(null, [pinned]);
        else answer(null, pinned.address, pinned.family);
      },
    });
    sent.once("response", (response) => {
      done(response.statusCode ?? 0);
      response.destroy();
    });
    sent.on("error", fail);
    sent.end(body);
  });
  if (status >= 200 && status < 300) return;
  const why = status >= 300 && status < 400 ? "redirects are not followed" : "it did not take the message";
  throw new TailboneError("unavailable", `${url.host} answered with status ${status}: ${why}.`, "Check the address.");
}
