import { keyCreatedSchema } from "@tailbone/protocol/http";
import { findHub, type HubOptions, postToHub } from "./hub-client";
import { note, print } from "./output";

/** Makes an API key and prints it, this once; with `json` all that is known of it. */
export async function createKey(name: string, { json, ...options }: HubOptions & { json?: boolean }): Promise<void> {
  const hub = findHub(options);
  const key = await postToHub(hub, "/keys", { name }, keyCreatedSchema);
  if (json === true) {
    print(JSON.stringify(key));
    return;
  }
  print(key.secret);
  note(`This is the key "${key.name}" for ${hub.url}. It is shown this once; set it as TAILBONE_API_KEY.`);
}
