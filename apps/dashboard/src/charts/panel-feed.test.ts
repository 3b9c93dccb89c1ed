import { RunFeed } from "@tailbone/client/run-feed";
import type { LiveFrame } from "@tailbone/client/stream";
import type { Buckets } from "@tailbone/protocol/http";
import { toColumns } from "@tailbone/series/buckets";
import { summarise } from "@tailbone/series/summary";
import { expect, test } from "vitest";
import { ChartFeeds } from "../live/chart-feeds";
import { ALL_STEPS } from "../live/chart-view";
import { PanelFeed } from "./panel-feed";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function frameOf(names: readonly string[], step: number): LiveFrame {
  const column = Float64Array.of(step);
  const groups = [{ names: [...names], steps: column, timesMs: column, values: names.map(() => column) }];
  return { leg: 1, sequence: step, sealedAtMs: step, groups, records: [] };
}

/** A run of which each series has one point at step 0, and what is asked of it. */
function openRun() {
  const asked: string[] = [];
  const feed = new RunFeed({ follow: () => {} });
  const column = Float64Array.of(0);
  const point = summarise({ steps: column, timesMs: column, values: column });
  const charts = new ChartFeeds(feed, async ({ series, from, to }): Promise<Buckets> => {
    asked.push(`${series.join(" ")} ${from ?? ""}..${to ?? ""}`);
    const legs = [{ leg: 1, fromStep: 0, cut: null, resumedAtMs: null, untilMs: null }];
    const known = { points: 1, total: 1, before: null, after: null, buckets: toColumns([point], "step") };
    const rest = { ...known, legs, abandoned: [], unreadable: [] };
    return { offset: 0, axis: "step", series: series.map((name) => ({ name, ...rest })) };
  });
  let offset = 0;
  feed.receive({ type: "followed", offset, resumed: true });
  const log = (names: readonly string[]): void => {
    feed.receive({ type: "delta", from: offset, to: offset + 1, frames: [frameOf(names, offset + 1)] });
    offset++;
  };
  return { charts, asked, log };
}

/** A panel, with the turns that it asks for taken by hand. */
function openPanel() {
  const turns = { waiting: 0, dropped: 0 };
  const panel = new PanelFeed({
    touch: () => turns.waiting++,
    forget: () => {
      turns.waiting = 0;
    },
    drop: () => turns.dropped++,
  });
  let told = 0;
  panel.subscribe(() => told++);
  const totals = () => Object.fromEntries([...panel.state()].map(([key, { view }]) => [key, view?.total]));
  return { panel, turns, totals, told: () => told };
}

test("a panel of lines from several runs is drawn as one, when its turn has come, and costs nothing out of sight", async () => {
  const [one, other] = [openRun(), openRun()];
  const { panel, turns, totals, told } = openPanel();
  panel.point([
    { key: "one loss", charts: one.charts, series: "loss", range: ALL_STEPS },
    { key: "one acc", charts: one.charts, series: "acc", range: ALL_STEPS },
    { key: "other loss", charts: other.charts, series: "loss", range: ALL_STEPS },
  ]);
  await settle();
  expect([one.asked, other.asked, totals()]).toEqual([[], [], {}]);
  panel.show(true);
  await settle();
  expect([one.asked, other.asked]).toEqual([["loss acc .."], ["loss .."]]);
  panel.draw();
  expect(totals()).toEqual({ "one loss": 1, "one acc": 1, "other loss": 1 });

  const before = told();
  for (let step = 0; step < 5; step++) one.log(["loss", "acc"]);
  other.log(["loss", "unseen"]);
  expect([told() - before, totals()]).toEqual([0, { "one loss": 1, "one acc": 1, "other loss": 1 }]);
  panel.draw();
  expect([told() - before, totals()]).toEqual([1, { "one loss": 6, "one acc": 6, "other loss": 2 }]);
  const still = panel.state();
  panel.draw();
  expect(panel.state()).toBe(still);

  panel.show(false);
  turns.waiting = 0;
  one.log(["loss"]);
  expect([turns.waiting, totals()]).toEqual([0, { "one loss": 6, "one acc": 6, "other loss": 2 }]);
  panel.show(true);
  expect(turns.waiting).toBe(1);
  panel.draw();
  expect(totals()).toMatchObject({ "one loss": 7 });
  expect(one.asked).toHaveLength(1);
  panel.close();
  expect([totals(), turns.dropped]).toEqual([{}, 1]);
});

test("a line keeps what it shows until another range has come, lines that stay are not read anew, and one that goes is gone at once", async () => {
  const { charts, asked } = openRun();
  const { panel, totals } = openPanel();
  const source = (series: string, to: number | null) => ({ key: series, charts, series, range: { ...ALL_STEPS, to } });
  panel.show(true);
  panel.point([source("loss", null), source("acc", null)]);
  await settle();
  panel.draw();
  expect(asked).toEqual(["loss acc .."]);
  panel.point([source("loss", null), source("acc", 10)]);
  expect(totals()).toEqual({ loss: 1, acc: 1 });
  expect(panel.state().get("acc")?.view?.range.to).toBeNull();
  await settle();
  panel.draw();
  expect(panel.state().get("acc")?.view?.range.to).toBe(10);
  expect(asked).toEqual(["loss acc ..", "acc ..10"]);
  panel.point([source("loss", null)]);
  expect(totals()).toEqual({ loss: 1 });
  // Back at once, from what is still kept of the range before.
  panel.point([source("loss", null), source("acc", null)]);
  expect(totals()).toEqual({ loss: 1, acc: 1 });
  expect(asked).toHaveLength(2);
});
