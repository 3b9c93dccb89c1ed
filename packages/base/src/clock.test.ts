import { expect, test } from "vitest";
import { systemClock } from "./clock";

test("the wall's clock tells the time since 1970, the monotonic one never goes back", () => {
  expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1000);
  const read = Array.from({ length: 1000 }, systemClock.monotonicMs);
  expect(read).toEqual([...read].sort((a, b) => a - b));
});
