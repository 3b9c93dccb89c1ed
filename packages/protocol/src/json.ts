import { z } from "zod";
import { storableJson, text } from "./text";

/** JSON has no NaN and no infinities; on the wire they are these words. */
export const wireNumberSchema = z.union([z.number(), z.literal(["NaN", "Infinity", "-Infinity"])]);
export type WireNumber = z.infer<typeof wireNumberSchema>;

/** Writes any float as JSON can hold it. */
export function toWireNumber(value: number): WireNumber {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

/** Reads what `toWireNumber` wrote. */
export function fromWireNumber(value: WireNumber): number {
  return typeof value === "number" ? value : Number(value);
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const jsonSchema: z.ZodType<Json> = z.json().overwrite(storableJson);
export const jsonObjectSchema = z.record(text(), jsonSchema);
export type JsonObject = z.infer<typeof jsonObjectSchema>;
