import { describe, expect, test } from "vitest";
import { DrawScheduler } from "./draw-scheduler";

/** A screen whose frames come when they are asked for, `frameMs` apart or as long as what was drawn in one took. */
function screen(frameMs: number, drawMs: number) {
  let nowMs = 0;
  let isScrolling = false;
  let waiting: (() => void) | null = null;
  const drawn: { chart: string; atMs: number }[] = [];
  const scheduler = new DrawScheduler(
    {
      now: () => nowMs,
      onFrame: (callback) => {
        waiting = callback;
      },
      isScrolling: () => isScrolling,
    },
    (chart) => {
      drawn.push({ chart, atMs: nowMs });
      nowMs += drawMs;
    },
  );
  function frame(): void {
    const next = nowMs + frameMs;
    const callback = waiting;
    waiting = null;
    callback?.();
    nowMs = Math.max(next, nowMs);
  }
  const scroll = (is: boolean): void => {
    isScrolling = is;
  };
  return { scheduler, drawn, frame, scroll, now: () => nowMs, isIdle: () => waiting === null };
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
    // One a frame: two would be more than a frame takes.
    const gaps = drawn.slice(1).map(({ atMs }, index) => atMs - (drawn[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBe(25);
    expect(drawn.length).toBeGreaterThan(150);
  });

  test("take little of a frame, so that it is painted in time", () => {
    const { scheduler, drawn, frame, now } = screen(16, 3);
    while (now() < 5000) {
      for (const chart of charts) scheduler.touch(chart);
      const began = now();
      const before = drawn.length;
      frame();
      expect((drawn.length - before) * 3).toBeLessThanOrEqual(6);
      expect(now() - began).toBe(16);
    }
  });

  test("that are dear to draw take no more than a quarter of the time", () => {
    const { scheduler, drawn, frame, now } = screen(16, 60);
    while (now() < 10_000) {
      scheduler.touch("a hundred lines");
      frame();
    }
    expect(drawn.length * 60).toBeLessThanOrEqual(0.25 * 10_000 + 60);
    expect(drawn.length).toBeGreaterThan(30);
  });

  test("wait while the page is scrolled: four a second, but those that were never drawn, one a frame", () => {
    const { scheduler, drawn, frame, scroll, now } = screen(16, 1);
    const round = (): void => {
      for (const chart of charts) scheduler.touch(chart);
      const before = drawn.length;
      frame();
      expect(drawn.length - before).toBeLessThanOrEqual(1);
    };
    scroll(true);
    while (now() < 16 * 31) round();
    expect(new Set(drawn.map(({ chart }) => chart)).size).toBe(30);
    expect(drawn).toHaveLength(30);
    scheduler.touch("came into sight");
    frame();
    expect(drawn.at(-1)?.chart).toBe("came into sight");
    scheduler.forget("chart 7");
    while (now() < 5000) round();
    expect(drawn.length - 31).toBeGreaterThan(12);
    expect(drawn.length - 31).toBeLessThanOrEqual(18);
    scroll(false);
    const before = drawn.length;
    scheduler.touch("chart 0");
    while (drawn.length === before) frame();
    for (let turn = 0; turn < 60; turn++) {
      for (const chart of charts) scheduler.touch(chart);
      frame();
    }
    expect(drawn.length - before).toBeGreaterThan(100);
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
