import { describe, expect, test } from "vitest";
import { isCheckpoint, type ScheduleOptions } from "./checkpoint-schedule";

const LOG_PART = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const upTo = (last: number, schedule: ScheduleOptions): number[] =>
  Array.from({ length: last + 1 }, (_, step) => step).filter((step) => isCheckpoint(step, schedule));

describe("the schedule of checkpoints", () => {
  test("is log-spaced up to 512, then even", () => {
    expect(upTo(2100, { log: true, every: 500 })).toEqual([...LOG_PART, 1000, 1500, 2000]);
  });

  test("is Pythia's with every thousandth step", () => {
    expect(upTo(4000, { log: true, every: 1000 })).toEqual([...LOG_PART, 1000, 2000, 3000, 4000]);
  });

  test("goes on soon after the log-spaced part when the even one is dense", () => {
    expect(upTo(800, { log: true, every: 100 })).toEqual([...LOG_PART, 600, 700, 800]);
  });

  test("is even from the start without the log-spaced part", () => {
    expect(upTo(1000, { log: false, every: 300 })).toEqual([0, 300, 600, 900]);
  });
});
