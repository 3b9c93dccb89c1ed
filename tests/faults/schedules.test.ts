import { expect, test } from "vitest";
import { runSchedules } from "./run-schedules";
import { describeSchedule, planSchedule } from "./schedule";

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

test("a schedule follows from its seed alone", () => {
  const described = seeds.map((seed) => describeSchedule(planSchedule(seed)));
  expect(seeds.map((seed) => describeSchedule(planSchedule(seed)))).toEqual(described);
  expect(new Set(described).size).toBe(seeds.length);
});

test("twenty schedules of faults: every point is stored once, or is missing and reported", async () => {
  const lines: string[] = [];
  const { failed } = await runSchedules(seeds.map(planSchedule), { worlds: 2, tell: (line) => lines.push(line) });
  expect(failed, lines.filter((line) => line.includes("FAILED")).join("\n")).toEqual([]);
}, 900_000);
