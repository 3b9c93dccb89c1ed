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

/** An entry beside what it was before: missing where that was the same, null where there was none. */
export interface ComparedEntry extends ConfigEntry {
  readonly was?: { readonly value: Json } | null;
}

/** The entries of a config, with what was otherwise in the one before; null: there was none before. */
export function compareConfigs(config: JsonObject, before: JsonObject | null): ComparedEntry[] {
  const entries = flattenConfig(config);
  if (before === null) return entries;
  const known = new Map(flattenConfig(before).map(({ path, value }) => [JSON.stringify(path), value]));
  return entries.map((entry) => {
    const value = known.get(JSON.stringify(entry.path));
    if (value === undefined) return { ...entry, was: null };
    return JSON.stringify(value) === JSON.stringify(entry.value) ? entry : { ...entry, was: { value } };
  });
}

/** Entries in whose path or value every word of a search occurs. */
export function searchConfig<Entry extends ConfigEntry>(entries: readonly Entry[], search: string): Entry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ path, value }) => {
    const text = `${path.join(".")} ${JSON.stringify(value)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
