import { TailboneError } from "@tailbone/protocol/errors";
import type { Buckets } from "@tailbone/protocol/http";
import { BucketGrid } from "@tailbone/series/buckets";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChartFeed } from "./chart-feed";
import { ALL_STEPS, CHART_BUCKETS } from "./chart-view";
import { RunFeed } from "./run-feed";
import type { LiveFrame, StreamEvent } from "./stream";

/** Frame n holds one point of series `n`, at step n. */
function frameOf(step: number): LiveFrame {
  const column = Float64Array.of(step);
  return {
    leg: 1,
    sequence: step,
    sealedAtMs: step,
    groups: [{ names: ["n"], steps: column, timesMs: column, values: [column] }],
    records: [],
  };
}

/** A hub with one run and one viewer whose messages travel in order, each when `deliver` says so. */
class ModelHub {
  committed = 0;
  connected = false;
  readonly inbox: StreamEvent[] = [];
  readonly follows: (number | null)[] = [];
  /** Reads that the hub has not answered yet, and answers on their way. */
  readonly asked: (() => () => void)[] = [];
  readonly answers: (() => void)[] = [];
  #cursor: number | null = null;
  /** Frames below are no longer in the hub's memory. */
  #kept = 0;

  commit(): void {
    this.committed++;
    this.#push();
  }

  forget(): void {
    this.#kept = this.committed;
  }

  /** The viewer is too slow: what waits for it is left out. */
  reset(): void {
    if (this.#cursor === null) return;
    this.#cursor = this.committed;
    this.inbox.push({ type: "reset", offset: this.committed });
  }

  answerFollow(): void {
    const offset = this.follows.shift();
    if (offset === undefined) return;
    const isKept = offset !== null && offset >= this.#kept && offset <= this.committed;
    const resumed = isKept || offset === this.committed;
    this.#cursor = isKept ? offset : this.committed;
    this.inbox.push({ type: "followed", offset: this.committed, resumed });
    this.#push();
  }

  disconnect(): void {
    this.connected = false;
    this.#cursor = null;
    this.inbox.length = 0;
    this.follows.length = 0;
  }

  readonly readPoints = (): Promise<Buckets> =>
    new Promise((resolve, reject) => {
      this.asked.push(() => {
        if (!this.connected) return () => reject(new TailboneError("unavailable", "away", "wait"));
        const offset = this.committed;
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
        return () => resolve({ offset, axis: "step", series: offset === 0 ? [] : [series] });
      });
    });

  answerRead(): void {
    const answer = this.asked.shift()?.();
    if (answer !== undefined) this.answers.push(answer);
  }

  /** Sends the newest frames of the last delta once more, together with a new one. */
  repeat(): void {
    const last = this.inbox.at(-1);
    if (last?.type !== "delta" || this.#cursor === null) return;
    const from = Math.max(0, last.to - 2);
    this.committed++;
    this.#cursor = this.committed;
    const frames = Array.from({ length: this.committed - from }, (_, index) => frameOf(from + index));
    this.inbox.push({ type: "delta", from, to: this.committed, frames });
  }

  #push(): void {
    if (!this.connected || this.#cursor === null || this.#cursor >= this.committed) return;
    const frames = Array.from({ length: this.committed - this.#cursor }, (_, index) =>
      frameOf((this.#cursor ?? 0) + index),
    );
    this.inbox.push({ type: "delta", from: this.#cursor, to: this.committed, frames });
    this.#cursor = this.committed;
  }
}

/** Lets every promise that can settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const often = ["commit", "deliver", "follow", "answer", "read"] as const;
const actions = [...often, ...often, ...often, ...often, "drop", "forget", "reset", "repeat", "repeat"] as const;

describe("a run's feed", () => {
  test("shows a prefix of the stream at any time and all of it in the end: no gap, no double, whatever happens on the way", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...actions), { minLength: 50, maxLength: 100, size: "max" }),
        async (script) => {
          const hub = new ModelHub();
          const feed = new RunFeed({ follow: (offset) => hub.follows.push(offset), pause: () => Promise.resolve() });
          const charts = new ChartFeed(feed, hub.readPoints, () => {});
          const connect = (): void => {
            if (hub.connected) return;
            hub.connected = true;
            feed.connected();
          };
          const deliver = (): void => {
            const event = hub.inbox.shift();
            if (event !== undefined) feed.receive(event);
          };
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
          const perform: Record<(typeof actions)[number], () => void> = {
            commit: () => hub.commit(),
            deliver,
            follow: () => (hub.connected ? hub.answerFollow() : connect()),
            answer: () => hub.answerRead(),
            read: () => hub.answers.shift()?.(),
            repeat: () => hub.repeat(),
            drop: () => {
              hub.disconnect();
              feed.receive({ type: "lost" });
            },
            forget: () => hub.forget(),
            reset: () => hub.reset(),
          };
          for (const action of script) {
            perform[action]();
            await settle();
            check();
          }
          connect();
          for (let round = 0; round < 100 && !(feed.isCurrent && hub.inbox.length === 0); round++) {
            hub.answerFollow();
            while (hub.inbox.length > 0) deliver();
            hub.answerRead();
            hub.answers.shift()?.();
            await settle();
          }
          check();
          expect(feed.isCurrent).toBe(true);
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
  const hub = new ModelHub();
  const feed = new RunFeed({ follow: (offset) => hub.follows.push(offset) });
  const changed: string[] = [];
  const charts = new ChartFeed(feed, hub.readPoints, (series) => changed.push(series));
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

test("a read that keeps failing is told of while it is tried again, and what it brings in the end is taken", async () => {
  const feed = new RunFeed({ follow: () => {}, pause: async () => {} });
  const [told, taken]: [string[], number[]] = [[], []];
  let tries = 0;
  const read = async (): Promise<{ offset: number }> => {
    tries++;
    if (tries <= 4) throw new TailboneError("unavailable", `Failure ${tries}.`, "Wait.");
    return { offset: 7 };
  };
  const abort = new AbortController();
  await feed.read(
    read,
    ({ offset }) => taken.push(offset),
    abort.signal,
    ({ message }) => told.push(message),
  );
  expect([told, taken]).toEqual([["Failure 3.", "Failure 4."], [7]]);
});
