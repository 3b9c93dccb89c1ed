import { type JsonObject, jsonObjectSchema } from "@tailbone/protocol/json";
import { LIMITS, utf8Length } from "@tailbone/protocol/limits";

/** A config as JSON can hold it: what JSON leaves out is left out. A text instead says why it cannot be. */
export function toJsonObject(values: unknown): JsonObject | string {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    return "a config is an object such as { lr: 0.1 }";
  let text: string;
  try {
    text = JSON.stringify(values, (_, value: unknown) =>
      typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : value,
    );
  } catch (error) {
    return `it cannot be written as JSON: ${error instanceof Error ? error.message : error}`;
  }
  const bytes = utf8Length(text);
  if (bytes > LIMITS.configBytes) return `it takes ${bytes} bytes, ${LIMITS.configBytes} are allowed`;
  const parsed = jsonObjectSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : "it is no JSON object";
}
