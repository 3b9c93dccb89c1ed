import { expect, test } from "vitest";
import { backoffMs } from "./backoff";

const backoff = { firstMs: 200, lastMs: 10_000 };

test("a pause doubles with each failure up to the last, and is spread from half to one and a half of it", () => {
  expect([0, 1, 2, 5, 6, 2000].map((failures) => backoffMs(backoff, failures, 0.5))).toEqual([
    200, 400, 800, 6400, 10_000, 10_000,
  ]);
  expect([0, 0.25, 1].map((random) => backoffMs(backoff, 0, random))).toEqual([100, 150, 300]);
});
