import type { Json, JsonObject } from "@tailbone/protocol/json";

/** One value of a config, and the keys that lead to it. */
export interface ConfigEntry {
  readonly path: readonly string[];
  readonly value: Json;
}

const isBranch = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** The values of a nested config in the order in which they stand in it. Lists are values. */
export function flattenConfig(config: JsonObject, path: readonly string[] = []): ConfigEntry[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const here = [...path, key];
    return isBranch(value) ? flattenConfig(value, here) : [{ path: here, value }];
  });
}

/** Entries in whose path or value every word of a search occurs. */
export function searchConfig(entries: readonly ConfigEntry[], search: string): ConfigEntry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ path, value }) => {
    const text = `${path.join(".")} ${JSON.stringify(value)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
