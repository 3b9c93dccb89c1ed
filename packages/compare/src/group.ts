import type { Json, JsonObject } from "@tailbone/protocol/json";

/** What a run is grouped by. */
export interface Groupable {
  readonly config: JsonObject;
  readonly tags: readonly string[];
}

/** A key of the config (`lr`, or `optimizer.lr` within an object), or whether a run has a tag. */
export type GroupKey = { readonly config: string } | { readonly tag: string };

/** What a run has at a key; `undefined` where the config lacks it, which is not the same as null. */
export type GroupValue = Json | undefined;

export interface Group<Run> {
  readonly key: GroupKey;
  readonly value: GroupValue;
  readonly runs: readonly Run[];
  /** By the keys that follow. */
  readonly groups: readonly Group<Run>[];
}

/**
 * Runs by their keys, one within another. Every run is in exactly one group of each level: those that lack a key are a
 * group of their own, the last one. Values are told apart as JSON, so 1 and "1" are two groups. Numbers are in their
 * order, then all else by text; runs stay in the order in which they came.
 */
export function groupRuns<Run extends Groupable>(runs: readonly Run[], keys: readonly GroupKey[]): Group<Run>[] {
  const [key, ...others] = keys;
  if (key === undefined) return [];
  const gathered = gather(runs, (run) => textOf(valueAt(run, key)));
  return [...gathered.values()]
    .map((members): Group<Run> => {
      const value = members[0] && valueAt(members[0], key);
      return { key, value, runs: members, groups: groupRuns(members, others) };
    })
    .toSorted((a, b) => compareValues(a.value, b.value));
}

/**
 * What a run has at a key. Of a key with dots the config's own is meant, if it has it, else the way through objects.
 */
export function valueAt(run: Groupable, key: GroupKey): GroupValue {
  if ("tag" in key) return run.tags.includes(key.tag);
  if (Object.hasOwn(run.config, key.config)) return run.config[key.config];
  return key.config.split(".").reduce<GroupValue>((at, part) => {
    const inside = typeof at === "object" && at !== null && !Array.isArray(at) && Object.hasOwn(at, part);
    return inside ? at[part] : undefined;
  }, run.config);
}

/** Items by what `nameOf` says of them, in the order in which the names came. */
export function gather<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const gathered = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    const there = gathered.get(name);
    if (there === undefined) gathered.set(name, [item]);
    else there.push(item);
  }
  return gathered;
}

function compareValues(a: GroupValue, b: GroupValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  return textOf(a) < textOf(b) ? -1 : 1;
}

const rankOf = (value: GroupValue): number => (typeof value === "number" ? 0 : value === undefined ? 2 : 1);

/** JSON with the keys of objects in order, so that the same config written otherwise is the same. */
function textOf(value: GroupValue): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${textOf(value[key])}`);
  return `{${parts.join()}}`;
}
