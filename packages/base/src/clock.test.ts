import { expect, test } from "vitest";
import { steadyWall, systemClock } from "./clock";

test("the wall's clock tells the time since 1970, the monotonic one never goes back", () => {
  expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1000);
  const read = Array.from({ length: 1000 }, systemClock.monotonicMs);
  expect(read).toEqual([...read].sort((a, b) => a - b));
});

test("steady time goes on from the wall's as the monotonic clock does, however the wall's is set", () => {
  let wallMs = 1_000_000;
  let monotonicMs = 5;
  const now = steadyWall({ wallMs: () => wallMs, monotonicMs: () => monotonicMs });
  expect(now()).toBe(1_000_000);
  wallMs = 0;
  monotonicMs = 105;
  expect(now()).toBe(1_000_100);
});
