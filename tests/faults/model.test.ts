import { expect, test } from "vitest";
import { judgeRun, type RunFacts, type TrainerFacts } from "./model";

const none: ReadonlySet<number> = new Set();
const trainer = (change: Partial<TrainerFacts> = {}): TrainerFacts => ({
  ...{ first: 0, width: 1, planned: 10, synced: 10, excused: none, cutOff: none, kept: none },
  ...change,
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, step) => step);
const stored = (steps: number[], change: Partial<RunFacts> = {}): RunFacts => ({
  trainers: [trainer()],
  series: [{ steps, values: steps }],
  reported: 0,
  ...change,
});

test("all that was promised, once, is no problem; what was logged and never synced may be missing", () => {
  expect(judgeRun(stored(upTo(10)))).toEqual({ problems: [], logged: 10, stored: 10, missing: 0, cutOff: 0 });
  expect(judgeRun(stored(upTo(7), { trainers: [trainer({ synced: 5 })] })).problems).toEqual([]);
});

test.each<[string, RunFacts]>([
  ["lost", stored(upTo(9))],
  // Frames go in order, so a hole is a loss wherever the disk had come to.
  ["lost", stored([0, 1, 3], { trainers: [trainer({ synced: 1 })] })],
  ["stored twice", stored([...upTo(10), 9])],
  ["another's value", stored(upTo(10), { series: [{ steps: upTo(10), values: upTo(10).map((n) => n + 1) }] })],
  ["nobody logged", stored(upTo(11))],
  ["the run says 0", stored(upTo(9), { trainers: [trainer({ excused: new Set([9]) })] })],
  ["the run says 1", stored(upTo(8), { trainers: [trainer({ excused: new Set([8, 9]) })], reported: 1 })],
  ["only 0 are", stored(upTo(10), { reported: 1 })],
  ["lost", stored(upTo(9), { reported: 1 })],
])("%s is said", (what, facts) => {
  expect(judgeRun(facts).problems).toEqual([expect.stringContaining(what)]);
});

test("what damage or a restore took may be missing if it is reported, what was cut off in any case, what is kept if it was named", () => {
  const of = (change: Partial<TrainerFacts>, reported: number) =>
    judgeRun(stored(upTo(8), { trainers: [trainer(change)], reported }));
  expect(of({ excused: new Set([8, 9]) }, 2)).toEqual({ problems: [], logged: 10, stored: 8, missing: 2, cutOff: 0 });
  expect(of({ cutOff: new Set([8, 9]) }, 0)).toMatchObject({ problems: [], missing: 0, cutOff: 2 });
  expect(of({ cutOff: new Set([8, 9]) }, 2).problems).toEqual([]);
  expect(of({ kept: new Set([8, 9]) }, 0)).toMatchObject({ problems: [], missing: 2 });
});

test("each trainer of a run is held to its own steps", () => {
  const trainers = [trainer({ synced: 3 }), trainer({ first: 10, synced: 4, width: 2 })];
  const steps = [0, 1, 2, 10, 11, 12, 13];
  const second = [10, 11, 12];
  const facts = { trainers, reported: 0, series: [steps, second].map((each) => ({ steps: each, values: each })) };
  expect(judgeRun(facts).problems).toEqual(["series 1: 1 of 4 promised points are lost (13)"]);
});
