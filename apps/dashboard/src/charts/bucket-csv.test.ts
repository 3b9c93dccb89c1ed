import { RunFeed } from "@tailbone/client/run-feed";
import { expect, test } from "vitest";
import { ChartFeeds } from "../live/chart-feeds";
import { ALL_STEPS, addPoints, type ChartView, fromSnapshot } from "../live/chart-view";
import { bucketCsv } from "./bucket-csv";
import { linesOfRun } from "./lines-of-runs";
import { layOutPlot } from "./plot";
import { fileName } from "./save-file";

const charts = new ChartFeeds(new RunFeed({ follow: () => {} }), () => Promise.reject(new Error("nothing is read")));
const run = { id: "r1", name: "=cmd|' /C calc'!A0", number: 1, charts, originMs: 0 };

function viewOf(values: readonly number[]): ChartView {
  const column = Float64Array.from(values);
  const index = column.map((_, at) => at);
  return addPoints(fromSnapshot(undefined, ALL_STEPS), { steps: index, timesMs: index, values: column });
}

test("what is drawn is a row a mark, each cell told; no name is a formula; what a resume has left is marked", () => {
  const lines = linesOfRun(run, ["a, b", "-2+3"]);
  const first = viewOf([-1, Number.NaN]);
  const old = { ...viewOf([7]), leg: 1 };
  const views = [{ ...first, abandoned: [old] }, viewOf([Number.POSITIVE_INFINITY])];
  const inputs = lines.map(({ key, series, originMs }, index) => ({
    key,
    series,
    originMs,
    view: views[index] ?? first,
  }));
  const x = { mode: "step", log: false, originMs: 0 } as const;
  const options = { x, logY: false, smoothing: 0.5, window: null, outliers: "beyond", limits: null } as const;
  const plot = layOutPlot(inputs, { ...options, ticks: { x: 3, y: 3 } });
  if (plot === null) throw new Error("there are points");
  const text = bucketCsv(plot, lines, x, false);
  expect(text.trimEnd().split("\n")).toEqual([
    "run,series,step_from,step_to,count,nan,pos_inf,neg_inf,first,min,max,mean,last,smoothed,abandoned",
    `'=cmd|' /C calc'!A0,"a, b",0,0,1,0,0,0,-1,-1,-1,-1,-1,-1,0`,
    `'=cmd|' /C calc'!A0,"a, b",1,1,1,1,0,0,NaN,,,,NaN,,0`,
    `'=cmd|' /C calc'!A0,"a, b",0,0,1,0,0,0,7,7,7,7,7,7,1`,
    "'=cmd|' /C calc'!A0,'-2+3,0,0,1,0,1,0,Infinity,,,,Infinity,,0",
  ]);
});

test("a file has a name that every system keeps", () => {
  expect(fileName("val/loss", "csv")).toBe("val_loss.csv");
  expect(fileName("../../etc/passwd", "png")).toBe("etc_passwd.png");
  expect(fileName("…", "svg")).toBe("chart.svg");
  expect(fileName("Verlust ä 1", "svg")).toBe("Verlust_ä_1.svg");
  expect(fileName("x".repeat(300), "csv")).toHaveLength(84);
});
