import { ACTIONS, comeToRest, ModelHub, perform, settle } from "@tailbone/client/model-hub.test-util";
import { RunFeed } from "@tailbone/client/run-feed";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Buckets } from "@tailbone/protocol/http";
import { BucketGrid } from "@tailbone/series/buckets";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChartFeed } from "./chart-feed";
import { ChartFeeds } from "./chart-feeds";
import { ALL_STEPS } from "./chart-view";

/** What the hub answers when frames 0 (inclusive) to `offset` (exclusive) are committed. */
function snapshotOf(offset: number): Buckets {
  const grid = new BucketGrid({ ...ALL_STEPS, from: 0, to: Math.max(0, offset - 1) });
  for (let step = 0; step < offset; step++) {
    const column = Float64Array.of(step);
    grid.addPoints({ steps: column, timesMs: column, values: column });
  }
  const series = {
    name: "n",
    points: grid.count,
    total: offset,
    legs: [{ leg: 1, fromStep: 0, cut: null, resumedAtMs: null, untilMs: null }],
    abandoned: [],
    unreadable: [],
    before: null,
    after: null,
    buckets: grid.toColumns(),
  };
  return { offset, axis: "step", series: offset === 0 ? [] : [series] };
}

describe("charts on a run's feed", () => {
  test("shows a prefix of the stream at any time and all of it in the end: no gap, no double, whatever happens on the way", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...ACTIONS), { minLength: 50, maxLength: 100, size: "max" }),
        async (script) => {
          const hub = new ModelHub(snapshotOf);
          const feed = new RunFeed({ follow: (offset) => hub.follows.push(offset), pause: () => Promise.resolve() });
          const charts = new ChartFeed(feed, hub.read, ALL_STEPS);
          const check = (): void => {
            const { view } = charts.state("n");
            if (view === null) return;
            const shown = view.buckets.flatMap((bucket) => [bucket.stepFrom, bucket.stepTo]);
            expect(view.total).toBeLessThanOrEqual(hub.committed);
            expect(view.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(view.total);
            expect(shown).toEqual(Array.from({ length: view.total }, (_, step) => [step, step]).flat());
          };
          charts.watch("n", () => {});
          await settle();
          for (const action of script) {
            perform(action, hub, feed);
            await settle();
            check();
          }
          await comeToRest(hub, feed);
          check();
          expect(charts.state("n").view?.total).toBe(hub.committed);
          charts.close();
        },
      ),
      { numRuns: 500 },
    );
  });

  test("tells what will not pass, and reads again when asked to", async () => {
    const feed = new RunFeed({ follow: () => {} });
    let answers = 0;
    const charts = new ChartFeed(
      feed,
      async () => {
        answers++;
        if (answers === 1) throw new TailboneError("not_found", "There is no such run.", "Look at the list.");
        return { offset: 0, axis: "step", series: [] };
      },
      ALL_STEPS,
    );
    charts.watch("n", () => {});
    await settle();
    expect(charts.state("n").error?.message).toBe("There is no such run.");
    charts.retry("n");
    await settle();
    expect(charts.state("n")).toMatchObject({ error: null, view: { total: 0 } });
  });

  test("reads what is watched together in one request, nothing that is not, and what panels share once for each range", async () => {
    const asked: string[] = [];
    const feed = new RunFeed({ follow: () => {} });
    const charts = new ChartFeeds(feed, async ({ series, axis }) => {
      asked.push(`${axis} ${series.join(" ")}`);
      return { offset: 0, axis, series: [] };
    });
    const [first, second] = [charts.open(ALL_STEPS), charts.open({ ...ALL_STEPS })];
    expect(first.charts).toBe(second.charts);
    const leave = first.charts.watch("a", () => {});
    second.charts.watch("b", () => {});
    await settle();
    leave();
    first.close();
    const timed = charts.open({ ...ALL_STEPS, axis: "time" });
    timed.charts.watch("b", () => {});
    await settle();
    expect(asked).toEqual(["step a b", "time b"]);

    // What nobody shows any more is kept for a while, so that one comes back to it at once.
    second.close();
    for (const to of [1, 2]) charts.open({ ...ALL_STEPS, to }).close();
    expect(charts.open(ALL_STEPS).charts).not.toBe(second.charts);
    expect(charts.open({ ...ALL_STEPS, axis: "time" }).charts).toBe(timed.charts);
  });
});

test("a series that nobody looks at is caught up when it is shown again, and read anew when it has missed too much", async () => {
  const hub = new ModelHub(snapshotOf);
  const feed = new RunFeed({ follow: (offset) => hub.follows.push(offset) });
  const changed: string[] = [];
  const charts = new ChartFeed(feed, hub.read, ALL_STEPS);
  hub.connected = true;
  feed.connected();
  const hide = charts.watch("n", () => changed.push("n"));
  const settleAll = async (): Promise<void> => {
    await settle();
    hub.answerFollow();
    hub.answerRead();
    hub.answers.shift()?.();
    for (let event = hub.inbox.shift(); event !== undefined; event = hub.inbox.shift()) feed.receive(event);
    await settle();
  };
  const commit = async (count: number): Promise<void> => {
    for (let frame = 0; frame < count; frame++) hub.commit();
    await settleAll();
  };
  await settleAll();
  await commit(10);
  expect(charts.state("n").view?.total).toBe(10);
  expect(charts.state("n")).toBe(charts.state("n"));
  hide();
  changed.length = 0;
  await commit(100);
  expect(changed).toEqual([]);
  const hideAgain = charts.watch("n", () => {});
  await settle();
  expect(hub.asked).toHaveLength(0);
  expect(charts.state("n").view?.total).toBe(110);
  hideAgain();
  await commit(2500);
  charts.watch("n", () => {});
  await settle();
  expect(hub.asked).toHaveLength(1);
  await settleAll();
  expect(charts.state("n").view?.total).toBe(2610);
  charts.close();
});
