import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addSteps, type LegTimes, placeLegs, succeeds } from "./legs";

const first: LegTimes = { leg: 1, startedAtMs: 0, lastAtMs: 100 };

describe("a leg", () => {
  test("that began when another had ended takes over from the step to which it goes back", () => {
    const second: LegTimes = { leg: 2, startedAtMs: 100, lastAtMs: 150 };
    const starts = [
      { leg: 1, fromStep: 0 },
      { leg: 2, fromStep: 50 },
    ];
    expect(placeLegs(starts, [first, second])).toEqual([
      { leg: 1, fromStep: 0, cut: 50, resumedAtMs: null, untilMs: 100 },
      { leg: 2, fromStep: 50, cut: Number.POSITIVE_INFINITY, resumedAtMs: 100, untilMs: Number.POSITIVE_INFINITY },
    ]);
  });

  test("written beside another takes nothing from it", () => {
    const beside: LegTimes = { leg: 2, startedAtMs: 99, lastAtMs: 150 };
    const starts = [
      { leg: 1, fromStep: 0 },
      { leg: 2, fromStep: 50 },
    ];
    expect(placeLegs(starts, [first, beside]).map(({ cut }) => cut)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  const legs = fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(10)), { minLength: 1, maxLength: 6 }).map((rows) =>
    rows.map(([startedAtMs, length, fromStep], index) => ({
      times: { leg: index + 1, startedAtMs, lastAtMs: startedAtMs + length },
      start: { leg: index + 1, fromStep },
    })),
  );

  test("never goes on from one that goes on from it, and some leg of a series is never cut", () => {
    fc.assert(
      fc.property(legs, (all) => {
        for (const a of all)
          for (const b of all) expect(succeeds(a.times, b.times) && succeeds(b.times, a.times)).toBe(false);
        const places = placeLegs(
          all.map(({ start }) => start),
          all.map(({ times }) => times),
        );
        expect(places.some(({ cut }) => cut === Number.POSITIVE_INFINITY)).toBe(true);
      }),
    );
  });

  test("never stands on the line behind a step at which a later one began", () => {
    fc.assert(
      fc.property(legs, (all) => {
        const places = placeLegs(
          all.map(({ start }) => start),
          all.map(({ times }) => times),
        );
        for (const [index, { times }] of all.entries()) {
          for (const later of all.filter((one) => succeeds(one.times, times))) {
            expect(places[index]?.cut).toBeLessThanOrEqual(later.start.fromStep);
          }
        }
      }),
    );
  });
});

test("a leg's first step is its smallest, and the same legs are the same value", () => {
  const starts = addSteps([], 2, [5, 3, 8]);
  expect(starts).toEqual([{ leg: 2, fromStep: 3 }]);
  expect(addSteps(starts, 2, [4])).toBe(starts);
  expect(addSteps(starts, 1, [9])).toEqual([
    { leg: 1, fromStep: 9 },
    { leg: 2, fromStep: 3 },
  ]);
});
