import { expect, expectTypeOf, test } from "vitest";
import { rule } from "./run";
import { type RowOf, selectColumns } from "./select-columns";

test("columns are of the schema's types, but for JSON, which is unknown until a schema has read it", () => {
  const columns = selectColumns(rule, "id", "cooldownMs", "condition", { project: "projectId", on: "enabled" });
  expectTypeOf<RowOf<typeof columns>>().toEqualTypeOf<{
    id: string;
    cooldownMs: number;
    condition: unknown;
    project: string | null;
    on: boolean;
  }>();
});

test("a column that the schema does not have does not compile, and throws", () => {
  // @ts-expect-error: the schema calls it cooldownMs
  expect(() => selectColumns(rule, "id", "cooldown")).toThrow("rule has no column cooldown");
  // @ts-expect-error: likewise
  expect(() => selectColumns(rule, { pauseMs: "cooldown" })).toThrow("rule has no column cooldown");
});
