import { z } from "zod";
import * as access from "./access";
import * as errors from "./errors";
import * as http from "./http";
import * as lifecycle from "./lifecycle";
import * as log from "./log";
import * as names from "./names";
import * as reading from "./reading";
import * as records from "./records";
import * as rules from "./rules";
import * as run from "./run";

/** Where the schemas lie, for generators of code in other languages. */
export const SCHEMAS = new URL("../schemas/", import.meta.url).pathname;

const MODULES: Readonly<Record<string, object>> = {
  access,
  errors,
  http,
  lifecycle,
  log,
  names,
  reading,
  records,
  rules,
  run,
};

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Every schema of a record, a body, a query or an answer as JSON Schema, by its file's name. Where one is part of
 * another, it is named there.
 */
export function generateSchemas(): Map<string, string> {
  const registry = z.registry<{ id: string }>();
  for (const module of Object.values(MODULES)) {
    for (const [name, value] of Object.entries(module)) {
      if (value instanceof z.ZodType && !registry.has(value))
        registry.add(value, { id: kebab(name.replace(/Schema$/, "")) });
    }
  }
  const uri = (id: string): string => `${id}.json`;
  const { schemas } = z.toJSONSchema(registry, { uri, io: "input", unrepresentable: "any" });
  return new Map(Object.entries(schemas).map(([id, schema]) => [uri(id), `${JSON.stringify(schema, null, 2)}\n`]));
}
