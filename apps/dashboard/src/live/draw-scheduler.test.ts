import { describe, expect, test } from "vitest";
import { DrawScheduler } from "./draw-scheduler";

/** A screen whose frames come when they are asked for, each after `frameMs` and what was drawn in it. */
function screen(frameMs: number, drawMs: number) {
  let nowMs = 0;
  let waiting: (() => void) | null = null;
  const drawn: { chart: string; atMs: number }[] = [];
  const scheduler = new DrawScheduler(
    {
      now: () => nowMs,
      onFrame: (callback) => {
        waiting = callback;
      },
    },
    (chart) => drawn.push({ chart, atMs: nowMs }),
  );
  function frame(): void {
    const before = drawn.length;
    const callback = waiting;
    waiting = null;
    callback?.();
    nowMs += Math.max(frameMs, (drawn.length - before) * drawMs);
  }
  return { scheduler, drawn, frame, now: () => nowMs, isIdle: () => waiting === null };
}

const charts = Array.from({ length: 30 }, (_, index) => `chart ${index}`);

describe("charts", () => {
  test("that are alone are drawn in the next frame, and 30 times a second at most", () => {
    const { scheduler, drawn, frame, now } = screen(16, 4);
    scheduler.touch("loss");
    frame();
    expect(drawn).toHaveLength(1);
    while (now() < 1000) {
      scheduler.touch("loss");
      frame();
    }
    expect(drawn.length).toBeGreaterThan(15);
    expect(drawn.length).toBeLessThanOrEqual(31);
  });

  test("that are many take turns: none waits much longer than the others", () => {
    const { scheduler, drawn, frame, now } = screen(16, 3);
    while (now() < 10_000) {
      for (const chart of charts) scheduler.touch(chart);
      frame();
    }
    const counts = charts.map((chart) => drawn.filter((one) => one.chart === chart).length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(81);
    expect(Math.min(...counts)).toBeGreaterThan(Math.max(...counts) - 5);
  });

  test("on a slow machine leave frames short enough to stay usable", () => {
    const { scheduler, drawn, frame, now } = screen(16, 25);
    while (now() < 5000) {
      for (const chart of charts) scheduler.touch(chart);
      frame();
    }
    const late = drawn.filter(({ atMs }) => atMs > 2000);
    const frames = new Set(late.map(({ atMs }) => atMs)).size;
    expect(late.length / frames).toBeLessThan(3);
  });

  test("with nothing new cost nothing; one that is gone is not drawn", () => {
    const { scheduler, drawn, frame, isIdle } = screen(16, 4);
    scheduler.touch("a");
    scheduler.touch("b");
    scheduler.forget("b");
    for (let turn = 0; turn < 5; turn++) frame();
    expect(drawn.map(({ chart }) => chart)).toEqual(["a"]);
    expect(isIdle()).toBe(true);
  });
});
