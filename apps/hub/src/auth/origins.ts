import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

/** Where a hub is reached: what browsers may call same-origin. */
export interface Origins {
  /** The origin in links and in the banner. */
  readonly public: string;
  /** Origin by which processes on this machine reach the hub. */
  readonly local: string;
  readonly allowed: ReadonlySet<string>;
  /** The hosts (with port) of `allowed`. */
  readonly hosts: readonly string[];
  /** Other names under which the hub is reached, without ports. */
  readonly names: ReadonlySet<string>;
}

export const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";
const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/**
 * All names under which a hub that listens on `host`:`port` can be opened: the public origin, loopback by each of its
 * names, and, where it listens on every interface, this machine's addresses and name.
 */
export function findOrigins(
  host: string,
  port: number,
  publicOrigin: string | undefined,
  otherNames: readonly string[] = [],
): Origins {
  const names = new Set(["127.0.0.1", "localhost", "[::1]"]);
  if (isWildcard(host)) {
    names.add(hostname().toLowerCase());
    for (const addresses of Object.values(networkInterfaces())) {
      for (const { address } of addresses ?? []) names.add(inUrl(address));
    }
  } else {
    names.add(inUrl(host));
  }
  const local = `http://${isWildcard(host) ? "127.0.0.1" : inUrl(host)}:${port}`;
  const allowed = new Set([...names].map((name) => new URL(`http://${name}:${port}`).origin));
  if (publicOrigin !== undefined) allowed.add(publicOrigin);
  return {
    public: publicOrigin ?? (isWildcard(host) ? `http://${findReachable()}:${port}` : local),
    local,
    allowed,
    hosts: [...allowed].map((origin) => new URL(origin).host),
    names: new Set(otherNames.map((name) => name.toLowerCase())),
  };
}

/** An address of this machine that others can reach; loopback where it has no network. IPv4 first: people type it. */
function findReachable(): string {
  const outward = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal, address }) => !internal && !address.startsWith("fe80:")),
  );
  const found = outward.find(({ family }) => family === "IPv4") ?? outward[0];
  return found === undefined ? "127.0.0.1" : inUrl(found.address);
}

/**
 * Whether a `Host` header names this hub. A page of another site whose name was turned to this machine (DNS rebinding)
 * always comes under that name; numbers and `localhost` cannot be turned. Programs of old that send none are no
 * browsers.
 */
export function isKnownHost(host: string | undefined, origins: Origins): boolean {
  if (host === undefined) return true;
  if (!URL.canParse(`http://${host}`)) return false;
  const url = new URL(`http://${host}`);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")) return true;
  return origins.names.has(name) || [...origins.allowed].some((origin) => new URL(origin).hostname === name);
}

/** The headers that browsers send and scripts on foreign pages cannot forge. */
interface OriginHeaders {
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/**
 * True when a request that changes something surely comes from a page of the hub itself: it says so by `Origin`, or by
 * `Sec-Fetch-Site` where the browser sends no origin. Silence counts as foreign.
 */
export function isSameOriginMutation({ origin, fetchSite }: OriginHeaders, origins: Origins): boolean {
  if (origin !== undefined) return origins.allowed.has(origin);
  return fetchSite === "same-origin";
}

/**
 * True unless a socket is opened by a foreign page. Browsers send no `Origin` with a same-origin GET, programs send
 * none at all; a foreign page always does.
 */
export function isAllowedSocket({ origin, fetchSite }: OriginHeaders, origins: Origins): boolean {
  if (origin !== undefined) return origins.allowed.has(origin);
  return fetchSite === undefined || fetchSite === "same-origin" || fetchSite === "none";
}
