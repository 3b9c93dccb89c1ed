import { ACTIONS, comeToRest, ModelHub, perform, settle } from "@tailbone/client/model-hub.test-util";
import { RunFeed } from "@tailbone/client/run-feed";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Buckets } from "@tailbone/protocol/http";
import { BucketGrid } from "@tailbone/series/buckets";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChartFeed } from "./chart-feed";
import { ALL_STEPS, CHART_BUCKETS } from "./chart-view";

/** What the hub answers when frames 0 (inclusive) to `offset` (exclusive) are committed. */
function snapshotOf(offset: number): Buckets {
  const grid = new BucketGrid({ ...ALL_STEPS, from: 0, to: Math.max(0, offset - 1), buckets: CHART_BUCKETS });
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
          const charts = new ChartFeed(feed, hub.read, () => {});
          const check = (): void => {
            const { view } = charts.state("n");
            if (view === null) return;
            const shown = view.buckets.flatMap((bucket) => [bucket.stepFrom, bucket.stepTo]);
            expect(view.total).toBeLessThanOrEqual(hub.committed);
            expect(view.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(view.total);
            expect(shown).toEqual(Array.from({ length: view.total }, (_, step) => [step, step]).flat());
          };
          charts.show("n");
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
      () => {},
    );
    charts.show("n");
    await settle();
    expect(charts.state("n").error?.message).toBe("There is no such run.");
    charts.retry("n");
    await settle();
    expect(charts.state("n")).toMatchObject({ error: null, view: { total: 0 } });
  });

  test("reads what is shown together in one request, and nothing that is not shown", async () => {
    const asked: string[][] = [];
    const feed = new RunFeed({ follow: () => {} });
    const charts = new ChartFeed(
      feed,
      async ({ series }) => {
        asked.push([...series]);
        return { offset: 0, axis: "step", series: [] };
      },
      () => {},
    );
    const hide = charts.show("a");
    charts.show("b");
    await settle();
    hide();
    charts.setRange({ ...ALL_STEPS, axis: "time" });
    await settle();
    expect(asked).toEqual([["a", "b"], ["b"]]);
  });
});

test("a series that nobody looks at is caught up when it is shown again, and read anew when it has missed too much", async () => {
  const hub = new ModelHub(snapshotOf);
  const feed = new RunFeed({ follow: (offset) => hub.follows.push(offset) });
  const changed: string[] = [];
  const charts = new ChartFeed(feed, hub.read, (series) => changed.push(series));
  hub.connected = true;
  feed.connected();
  const hide = charts.show("n");
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
  const hideAgain = charts.show("n");
  await settle();
  expect(hub.asked).toHaveLength(0);
  expect(charts.state("n").view?.total).toBe(110);
  hideAgain();
  await commit(2500);
  charts.show("n");
  await settle();
  expect(hub.asked).toHaveLength(1);
  await settleAll();
  expect(charts.state("n").view?.total).toBe(2610);
  charts.close();
});
