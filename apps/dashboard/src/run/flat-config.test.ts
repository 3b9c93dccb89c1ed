import { expect, test } from "vitest";
import { flattenConfig, searchConfig } from "./flat-config";

test("a config is listed by its innermost values, and found by key or value", () => {
  const entries = flattenConfig({ lr: 0.1, model: { hidden: [8, 8], act: { name: "relu" } }, empty: {} });
  expect(entries.map(({ path }) => path.join("."))).toEqual(["lr", "model.hidden", "model.act.name", "empty"]);
  expect(searchConfig(entries, "act relu").map(({ value }) => value)).toEqual(["relu"]);
  expect(searchConfig(entries, "0.1")).toHaveLength(1);
});
