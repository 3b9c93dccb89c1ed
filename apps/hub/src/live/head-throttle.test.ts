import type { Run } from "@tailbone/protocol/run";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHeadThrottle } from "./head-throttle";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const head = (offset: number, state: Run["state"] = "running"): Run => ({
  id: "0198c0de-0000-7000-8000-000000000001",
  project: { id: "0198c0de-0000-7000-8000-000000000002", name: "digits" },
  number: 1,
  name: "seed 1",
  state,
  tags: [],
  createdBy: "key",
  createdAtMs: 0,
  startedAtMs: 0,
  seenAtMs: 0,
  finishedAtMs: null,
  totalSteps: null,
  lastStep: null,
  offset,
  points: 0,
  droppedPoints: 0,
  lives: [],
  error: null,
  notes: "",
  last: {},
});

test("a head passes at most once an interval, and the last one always", () => {
  const sent: number[] = [];
  const throttle = createHeadThrottle(250, (run) => sent.push(run.offset));
  for (let offset = 1; offset <= 10; offset++) {
    throttle.push(head(offset));
    vi.advanceTimersByTime(50);
  }
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([1, 5, 10]);
});

test("a change of state passes at once, and what waited before it is not sent after it", () => {
  const sent: string[] = [];
  const throttle = createHeadThrottle(250, (run) => sent.push(`${run.offset} ${run.state}`));
  throttle.push(head(1));
  throttle.push(head(2));
  throttle.push(head(3, "finished"));
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual(["1 running", "3 finished"]);
});
