import { RunFeed } from "@tailbone/client/run-feed";
import type { LiveFrame } from "@tailbone/client/stream";
import type { Buckets } from "@tailbone/protocol/http";
import { BucketGrid, toColumns, type Window } from "@tailbone/series/buckets";
import { addSteps, type LegStart, placeLegs } from "@tailbone/series/legs";
import type { Points } from "@tailbone/series/summary";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ChartFeed } from "./chart-feed";
import { ALL_STEPS, type ChartView, type Range } from "./chart-view";

const inf = Number.POSITIVE_INFINITY;
const finite = (value: number): number | null => (value === inf ? null : value);

interface Leg {
  readonly startedAtMs: number;
  /** For each frame: when it was sealed, and the steps in it. */
  readonly frames: readonly (readonly [afterMs: number, steps: readonly number[]])[];
}

/** Each point has a time of its own, so that its order is known on both axes. */
function frameOf(leg: number, place: number, sealedAtMs: number, rows: readonly number[]): LiveFrame {
  const steps = Float64Array.from(rows);
  const values = steps.map((step) => step * leg);
  const timesMs = steps.map((_, index) => sealedAtMs + leg / 100 + place / 10_000 + index / 1_000_000);
  const groups = rows.length === 0 ? [] : [{ names: ["n"], steps, timesMs, values: [values] }];
  return { leg, sequence: 0, sealedAtMs, groups, records: [] };
}

/** What the hub answers when it has stored these frames: by the definition of legs, from the points themselves. */
function snapshot(frames: readonly LiveFrame[], legs: readonly Leg[], range: Range): Buckets {
  const times = legs.map(({ startedAtMs }, index) => {
    const own = frames.filter(({ leg }) => leg === index + 1).map(({ sealedAtMs }) => sealedAtMs);
    return { leg: index + 1, startedAtMs, lastAtMs: Math.max(startedAtMs, ...own) };
  });
  const parts = frames.flatMap(({ leg, groups }) =>
    groups.map(({ steps, timesMs, values }) => ({ leg, steps, timesMs, values: values[0] ?? steps })),
  );
  if (parts.length === 0) return { offset: frames.length, axis: range.axis, series: [] };
  const starts = parts.reduce<readonly LegStart[]>((known, { leg, steps }) => addSteps(known, leg, steps), []);
  const places = placeLegs(starts, times);
  const draw = (isShown: (leg: number, step: number) => boolean) => {
    const shown = parts.map(({ leg, ...points }) => pick(points, (index) => isShown(leg, points.steps[index] ?? 0)));
    const xs = shown.flatMap((points) => [...(range.axis === "step" ? points.steps : points.timesMs)]);
    const window: Window = {
      ...range,
      from: range.from ?? Math.min(...xs),
      to: range.to ?? Math.max(...xs),
    };
    const grid = new BucketGrid(window);
    for (const points of shown) grid.addPoints(points);
    return { points: grid.count, before: grid.before, after: grid.after, buckets: grid.toColumns(), total: xs.length };
  };
  const cutOf = (leg: number): number => places.find((place) => place.leg === leg)?.cut ?? inf;
  const { total, ...line } = draw((leg, step) => step < cutOf(leg));
  const abandoned = places.flatMap(({ leg }) => {
    const { total: left, ...part } = draw((own, step) => own === leg && step >= cutOf(own));
    return left === 0 ? [] : [{ leg, ...part }];
  });
  const series = {
    name: "n",
    ...line,
    total,
    legs: places.map(({ leg, fromStep, cut, resumedAtMs, untilMs }) => {
      return { leg, fromStep, cut: finite(cut), resumedAtMs, untilMs: finite(untilMs) };
    }),
    abandoned,
    unreadable: [],
  };
  return { offset: frames.length, axis: range.axis, series: [series] };
}

function pick(points: Points, isShown: (index: number) => boolean): Points {
  const of = (column: Float64Array): Float64Array => column.filter((_, index) => isShown(index));
  return { steps: of(points.steps), timesMs: of(points.timesMs), values: of(points.values) };
}

const drawn = (view: ChartView | null, { axis }: Range) => ({
  buckets: toColumns(view?.buckets ?? [], axis),
  total: view?.total,
  cuts: view?.legs.map(({ leg, cut, resumedAtMs }) => [leg, cut, resumedAtMs]),
  abandoned: view?.abandoned.map(({ leg, buckets }) => [leg, toColumns(buckets, axis)]),
});

/** Lets every promise that can settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const legArbitrary: fc.Arbitrary<Leg> = fc.record({
  startedAtMs: fc.integer({ min: 0, max: 30 }),
  frames: fc.array(
    fc.tuple(fc.integer({ min: 0, max: 20 }), fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 })),
    { minLength: 1, maxLength: 12, size: "max" },
  ),
});

test("the legs of a run that is followed are split as they are when the page is read anew, whatever came in which order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(legArbitrary, { minLength: 1, maxLength: 4, size: "max" }),
      fc.array(fc.nat(3), { maxLength: 40, size: "max" }),
      fc.array(fc.boolean(), { minLength: 48, maxLength: 48 }),
      fc.constantFrom<Range>(ALL_STEPS, { ...ALL_STEPS, axis: "time" }, { ...ALL_STEPS, from: 10, to: 40 }),
      async (legs, order, answers, range) => {
        const queues = legs.map(({ startedAtMs, frames }, index) =>
          frames.map(([afterMs, steps], place) => frameOf(index + 1, place, startedAtMs + afterMs, steps)),
        );
        const all: LiveFrame[] = [];
        for (const index of [...order, ...queues.flatMap((frames, one) => frames.map(() => one))]) {
          const frame = queues[index]?.shift();
          if (frame !== undefined) all.push(frame);
        }
        const committed: LiveFrame[] = [];
        const asked: (() => void)[] = [];
        const feed = new RunFeed({ follow: () => {} });
        const read = (): Promise<Buckets> =>
          new Promise((resolve) => {
            const answer = snapshot(committed, legs, range);
            asked.push(() => resolve(answer));
          });
        const charts = new ChartFeed(feed, read, range);
        charts.watch("n", () => {});
        feed.receive({ type: "followed", offset: 0, resumed: true });
        await settle();
        for (const [from, frame] of all.entries()) {
          committed.push(frame);
          feed.receive({ type: "delta", from, to: from + 1, frames: [frame] });
          if (answers[from]) asked.shift()?.();
          if (answers[(from + 7) % answers.length]) charts.state("n");
          await settle();
        }
        // What has come is looked at when it is drawn: now and then above, and in the end until nothing is to be read
        // anew.
        for (let round = 0; round < 100; round++) {
          charts.state("n");
          await settle();
          if (asked.length === 0) break;
          asked.shift()?.();
          await settle();
        }
        const anew = new ChartFeed(feed, async () => snapshot(all, legs, range), range);
        anew.watch("n", () => {});
        await settle();
        expect(drawn(charts.state("n").view, range)).toEqual(drawn(anew.state("n").view, range));
        charts.close();
        anew.close();
      },
    ),
    { numRuns: 500 },
  );
});
