import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generateSchemas, SCHEMAS } from "./schemas.test-util";

if (process.env.WRITE_SCHEMAS === "1") {
  rmSync(SCHEMAS, { recursive: true, force: true });
  mkdirSync(SCHEMAS);
  for (const [file, text] of generateSchemas()) writeFileSync(`${SCHEMAS}${file}`, text);
}

test("the JSON Schemas are those of the schemas that parse; WRITE_SCHEMAS=1 writes them anew", () => {
  const written = new Map(readdirSync(SCHEMAS).map((file) => [file, readFileSync(`${SCHEMAS}${file}`, "utf8")]));
  expect(written).toEqual(generateSchemas());
});

test("every schema that another names is there", () => {
  const schemas = generateSchemas();
  const named = [...schemas.values()].flatMap((text) =>
    [...text.matchAll(/"\$ref": "([^"#]+)/g)].map(([, file]) => file),
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((file) => !schemas.has(file ?? ""))).toEqual([]);
});
