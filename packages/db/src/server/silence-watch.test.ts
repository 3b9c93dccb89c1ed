import { expect, test } from "vitest";
import { SilenceWatch } from "./silence-watch";

const afterMs = 30_000;
const run = (seenAtMs: number) => ({ id: "a", seenAtMs });

test("a run is silent once it was not heard of for long enough, whatever the wall's clock says", () => {
  for (const seenAtMs of [0, 1_764_000_000_000, 9_999_999_999_999]) {
    const watch = new SilenceWatch();
    expect(watch.observe([run(seenAtMs)], { nowMs: 5, afterMs })).toEqual([]);
    expect(watch.observe([run(seenAtMs)], { nowMs: 30_004, afterMs })).toEqual([]);
    expect(watch.observe([run(seenAtMs)], { nowMs: 30_005, afterMs })).toEqual([run(seenAtMs)]);
  }
});

test("a sign of life counts, also where the clock by which it is noted was set back", () => {
  const watch = new SilenceWatch();
  watch.observe([run(1000)], { nowMs: 0, afterMs });
  expect(watch.observe([run(500)], { nowMs: 29_000, afterMs })).toEqual([]);
  expect(watch.observe([run(500)], { nowMs: 58_999, afterMs })).toEqual([]);
  expect(watch.observe([run(500)], { nowMs: 59_000, afterMs })).toEqual([run(500)]);
});

test("a run that ended and runs again has its time anew", () => {
  const watch = new SilenceWatch();
  watch.observe([run(1)], { nowMs: 0, afterMs });
  watch.observe([], { nowMs: 10_000, afterMs });
  expect(watch.observe([run(1)], { nowMs: 40_000, afterMs })).toEqual([]);
});
