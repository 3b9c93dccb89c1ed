import type { Run } from "@tailbone/protocol/run";
import { describe, expect, test } from "vitest";
import { mergeRun, type RunPages, removeRun, rowsOf } from "./live-runs";

const project = { id: "0198c0de-0000-7000-8000-000000000002", name: "digits" };
const run = (id: string, createdAtMs: number, change: Partial<Run> = {}): Run => ({
  id,
  project,
  number: 1,
  name: id,
  state: "running",
  tags: [],
  createdBy: "ana",
  createdAtMs,
  startedAtMs: createdAtMs,
  seenAtMs: createdAtMs,
  finishedAtMs: null,
  totalSteps: null,
  lastStep: null,
  offset: 0,
  points: 0,
  droppedPoints: 0,
  error: null,
  notes: "",
  lives: [],
  last: {},
  unreadable: [],
  ...change,
});
const pagesOf = (...pages: Run[][]): RunPages => ({
  pages: pages.map((runs) => ({ runs, total: 3, cursor: null, unreadable: [] })),
  pageParams: pages.map(() => null),
});
const newestFirst = { project: project.id, filter: "", sort: "-created" };
const names = (pages: RunPages): string[] => rowsOf(pages).map(({ name }) => name);

describe("a list of runs", () => {
  const known = pagesOf([run("c", 3), run("b", 2)], [run("a", 1)]);

  test("changes a row where it is, on whatever page", () => {
    const [next, merge] = mergeRun(known, run("a", 1, { name: "A", state: "finished" }), newestFirst);
    expect([names(next), merge]).toEqual([["c", "b", "A"], "changed"]);
  });

  test("shows a new run on top only where the newest are on top and nothing is filtered", () => {
    expect(names(mergeRun(known, run("d", 4), newestFirst)[0])).toEqual(["d", "c", "b", "a"]);
    for (const other of [{ sort: "name" }, { filter: "state=failed" }, { project: "another" }]) {
      expect(mergeRun(known, run("d", 4), { ...newestFirst, ...other })).toEqual([known, "unseen"]);
    }
  });

  test("does not take an old run that is not loaded for a new one", () => {
    expect(mergeRun(known, run("0", 0), newestFirst)).toEqual([known, "unseen"]);
  });

  test("shows a run once though two pages hold it, and no more when it is deleted", () => {
    const overlapping = pagesOf([run("c", 3), run("b", 2)], [run("b", 2), run("a", 1)]);
    expect(names(overlapping)).toEqual(["c", "b", "a"]);
    expect(names(removeRun(overlapping, "b"))).toEqual(["c", "a"]);
  });
});
