import type { RunState } from "@tailbone/protocol/run";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHeadThrottle } from "./head-throttle";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const head = (offset: number, state: RunState = "running") => ({ run: "seed 1", state, offset });

test("a head passes at most once an interval, and the last one always", () => {
  const sent: number[] = [];
  const throttle = createHeadThrottle<ReturnType<typeof head>>(250, ({ offset }) => {
    sent.push(offset);
    return undefined;
  });
  for (let offset = 1; offset <= 10; offset++) {
    throttle.push(head(offset));
    vi.advanceTimersByTime(50);
  }
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([1, 5, 10]);
});

test("a change of state passes at once, and what waited before it is not sent after it", () => {
  const sent: string[] = [];
  const throttle = createHeadThrottle<ReturnType<typeof head>>(250, ({ offset, state }) => {
    sent.push(`${offset} ${state}`);
    return undefined;
  });
  throttle.push(head(1));
  throttle.push(head(2));
  throttle.push(head(3, "finished"));
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual(["1 running", "3 finished"]);
});

test("one head is under way at a time, and one that could not be sent is sent again", async () => {
  const sent: string[] = [];
  let answer: (isSent: boolean) => void = () => {};
  const throttle = createHeadThrottle<ReturnType<typeof head>>(250, ({ offset, state }) => {
    sent.push(`${offset} ${state}`);
    return new Promise<boolean>((resolve) => {
      answer = resolve;
    });
  });
  throttle.push(head(1));
  throttle.push(head(2, "finished"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual(["1 running"]);
  answer(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["1 running", "2 finished"]);
  answer(false);
  await vi.advanceTimersByTimeAsync(250);
  expect(sent).toEqual(["1 running", "2 finished", "2 finished"]);
  answer(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toHaveLength(3);
});
