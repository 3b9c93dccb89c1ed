import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { AGGREGATES, KEYS } from "./keys";
import { FILTER_LIMITS } from "./limits";
import { parseFilter } from "./parse-filter";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
const page = read("docs/filters.md");

test("the page of filters names every key and everything that is asked of a series or a feature, and the bounds", () => {
  const named = [...Object.keys(KEYS), ...Object.keys(AGGREGATES)];
  expect(named.filter((name) => !new RegExp(`\`${name}\``).test(page))).toEqual([]);
  const { length, depth, terms, patternParts } = FILTER_LIMITS;
  for (const bound of [length, depth, terms, patternParts]) expect(page).toContain(` ${bound} `);
});

test("every filter that the documents show can be read", () => {
  const rows = `${page}\n${read("README.md").split("| filter |")[1]?.split("\n\n")[0]}`.matchAll(/^\| `([^`]+)` \|/gm);
  const filters = [...rows].map(([, filter = ""]) => filter);
  expect(filters.length).toBeGreaterThan(15);
  for (const filter of filters) expect([filter, parseFilter(filter)]).toEqual([filter, expect.anything()]);
});
