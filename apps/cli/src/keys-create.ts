import { systemClock } from "@tailbone/base/clock";
import { callHub } from "@tailbone/client/call-hub";
import { type KeyScope, keyCreatedSchema } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { projectListSchema } from "@tailbone/protocol/http";
import { findHub, type HubOptions } from "./hub-client";
import { note, print, printJson } from "./output";
import { proveOwner, readHubSecret } from "./owner-proof";

export interface KeyOptions extends HubOptions {
  readonly json?: boolean;
  readonly scope?: KeyScope[];
  readonly project?: string;
  /** Days until it expires. */
  readonly days?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes an API key in the owner's name and prints it, this once; with `json` all that is known of it. A key may make no
 * keys, so the request is signed with the hub's own secret.
 */
export async function createKey(name: string, { json, scope, project, days, ...options }: KeyOptions): Promise<void> {
  const hub = findHub(options);
  const secret = await readHubSecret();
  const body = {
    name,
    ...(scope === undefined ? {} : { scopes: scope }),
    project: project === undefined ? null : await findProject(project),
    expiresAtMs: days === undefined ? null : systemClock.wallMs() + days * DAY_MS,
  };
  const signed = { origin: hub.url, method: "POST", path: "/keys", body: JSON.stringify(body) } as const;
  const key = await callHub(hub, keyCreatedSchema, signed.path, {
    method: signed.method,
    body,
    authorization: proveOwner(secret, signed),
  });
  if (json === true) {
    printJson(key);
    return;
  }
  print(key.secret);
  const until = key.expiresAtMs === null ? "" : `, good until ${new Date(key.expiresAtMs).toISOString().slice(0, 10)}`;
  note(`This is the key "${key.name}" for ${hub.url} (${key.scopes.join(", ")}${until}).`);
  note("It is shown this once; set it as TAILBONE_API_KEY.");

  async function findProject(wanted: string): Promise<string> {
    const { projects } = await callHub(hub, projectListSchema, "/projects");
    const found = projects.find((one) => one.name === wanted || one.id === wanted);
    if (found !== undefined) return found.id;
    throw new TailboneError("not_found", `There is no project ${wanted}.`, "Its first run makes it.");
  }
}
