import { z } from "zod";
import { LIMITS } from "./limits";
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

/** Whether a value has no more than `most` levels of arrays and objects; it looks no deeper itself. */
function isWithinDepth(value: unknown, most: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return most > 0 && Object.values(value).every((part) => isWithinDepth(part, most - 1));
}

// Its depth is looked at first: what parses it goes down level by level, and there is only so much stack.
export const jsonSchema: z.ZodType<Json> = z
  .unknown()
  .refine((value) => isWithinDepth(value, LIMITS.jsonDepth), `it is more than ${LIMITS.jsonDepth} levels deep`)
  .pipe(z.json().overwrite(storableJson));
export const jsonObjectSchema = z.record(text(), jsonSchema);
export type JsonObject = z.infer<typeof jsonObjectSchema>;
