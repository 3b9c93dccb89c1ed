import { storable } from "@tailbone/protocol/text";
import type { Client, Transaction } from "../server/database";

/** JSON whose texts (names of properties too) are storable. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "string") return storable(part);
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [storable(name), one]));
  });
}

/** A parameter of type json: as jsonb, but its properties stay in their order. */
export function orderedJson(sql: Client | Transaction, value: unknown) {
  return sql`${value === undefined || value === null ? null : storableJson(value)}::text::json`;
}

/**
 * A parameter of type jsonb; null when there is nothing. It travels as text, because Drizzle switches off the client's
 * own way.
 */
export function jsonb(sql: Client | Transaction, value: unknown) {
  return sql`${value === undefined || value === null ? null : storableJson(value)}::text::jsonb`;
}
