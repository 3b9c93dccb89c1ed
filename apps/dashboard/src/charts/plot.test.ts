import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL_STEPS, addPoints, type ChartView, fromSnapshot } from "../live/chart-view";
import { atPlace, neighbourOf } from "./at-place";
import { projectX, rangeOf, unprojectX, type XAxisMode } from "./axis";
import { shortNames } from "./lines-of-runs";
import { layOutPlot, type Plot, type PlotLine, type PlotOptions, valuesAt } from "./plot";
import { nearestRow } from "./plot-part";
import { roundNumbers, roundPowers, stepLabels, xTicks, yTicks } from "./ticks";
import { bucketsOf } from "./use-drawn";

const steps: XAxisMode = { mode: "step", log: false, originMs: 0 };
const plain: PlotOptions = {
  x: steps,
  logY: false,
  smoothing: 0,
  window: null,
  outliers: "beyond",
  limits: null,
  ticks: { x: 5, y: 4 },
};

function viewOf(values: readonly number[]): ChartView {
  const column = Float64Array.from(values);
  const index = column.map((_, at) => at);
  const empty = fromSnapshot(undefined, ALL_STEPS);
  return addPoints(empty, { steps: index, timesMs: index, values: column });
}

/** A panel of one line, with what is drawn of it. */
function layOut(view: ChartView, options: PlotOptions): (Plot & PlotLine) | null {
  const plot = layOutPlot([{ key: "n", series: "n", originMs: options.x.originMs, view }], options);
  const [line] = plot?.lines ?? [];
  return plot === null || line === undefined ? null : { ...plot, ...line };
}

const anyValue = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0),
);

describe("a plot", () => {
  test("draws what a resume has overwritten beside the line, each of its extremes within the axis or marked at its edge", () => {
    const view = viewOf(Array.from({ length: 100 }, (_, step) => Math.sin(step)));
    const diverged = viewOf(Array.from({ length: 150 }, (_, step) => (step < 60 ? 0 : 1.5 ** (step - 60))));
    const [kept, left] = [view.buckets, diverged.buckets.slice(60)];
    const resumed: ChartView = {
      ...view,
      legs: [
        { leg: 1, fromStep: 0, cut: 60, resumedAtMs: null, untilMs: 9 },
        { leg: 2, fromStep: 60, cut: null, resumedAtMs: 9, untilMs: null },
      ],
      abandoned: [{ ...diverged, leg: 1, buckets: left, count: left.length }],
    };
    const plot = layOut(resumed, plain);
    expect(plot?.rows).toHaveLength(kept.length);
    expect(plot?.abandoned[0]?.rows.map(({ x }) => x)).toEqual(left.map(({ stepFrom }) => stepFrom));
    expect(plot?.x).toEqual({ from: 0, to: 149 });
    expect(plot?.resumes).toMatchObject([{ at: 60, leg: 2, step: 60 }]);
    const beyond = left.filter(({ max }) => max > (plot?.y.to ?? 0)).length;
    expect(beyond).toBeGreaterThan(50);
    expect(plot?.abandoned[0]?.edges.filter(({ kind }) => kind === "above")).toHaveLength(beyond);
    expect((plot?.y.to ?? 0) - (plot?.y.from ?? 0)).toBeLessThan(10);
    const all = layOut(resumed, { ...plain, outliers: "shown" });
    expect(all?.abandoned[0]?.edges).toEqual([]);
  });

  test("hides nothing: every finite extreme is within it or counted and marked beyond its edge, as is every other value, on both y axes", () => {
    const anyLimits = fc.option(
      fc.record({ from: fc.option(fc.double({ min: -1e6, max: 0 })), to: fc.option(fc.double({ min: 1, max: 1e6 })) }),
    );
    const options = fc.record({
      logY: fc.boolean(),
      outliers: fc.constantFrom("beyond" as const, "shown" as const),
      limits: anyLimits,
    });
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 5000 }), options, (values, { logY, ...choice }) => {
        const view = viewOf(values);
        const plot = layOut(view, { ...plain, ...choice, logY });
        if (plot === null) throw new Error("there are points");
        const finite = values.filter(Number.isFinite).filter((value) => !logY || value > 0);
        const place = (value: number): number => (logY ? Math.log10(value) : value);
        const { from, to } = valuesAt(plot.y, logY);
        const above = finite.filter((value) => value > to);
        const below = finite.filter((value) => value < from);
        expect(plot.above?.value ?? Number.NaN).toBe(above.length === 0 ? Number.NaN : Math.max(...above));
        if (plot.above !== null) {
          expect(plot.above.points).toBeLessThanOrEqual(above.length);
          if (plot.above.isExact) expect(plot.above.points).toBe(above.length);
        }
        // On a logarithmic axis a mark with values of both signs has its own mark at the bottom, and tells no lowest
        // positive value.
        if (!logY) expect(plot.below?.value ?? Number.NaN).toBe(below.length === 0 ? Number.NaN : Math.min(...below));
        const marked = new Set(plot.edges.map(({ kind }) => kind));
        expect([marked.has("above"), marked.has("below")]).toEqual([plot.above !== null, plot.below !== null]);
        if (choice.outliers === "shown" && choice.limits === null)
          expect([plot.above, plot.below]).toEqual([null, null]);
        if (finite.length > 0) {
          const highest = Math.max(...plot.rows.map(({ band }) => band?.[1] ?? Number.NEGATIVE_INFINITY));
          expect(highest).toBe(place(Math.max(...finite)));
        }
        const kinds = new Set(plot.edges.map(({ kind }) => kind));
        expect(kinds.has("nan")).toBe(values.some(Number.isNaN));
        expect(kinds.has("high")).toBe(values.includes(Number.POSITIVE_INFINITY));
        const low = values.some(
          (value) => value === Number.NEGATIVE_INFINITY || (logY && Number.isFinite(value) && value <= 0),
        );
        expect(kinds.has("low")).toBe(low);
        expect(plot.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      }),
      { numRuns: 200 },
    );
  });

  test("is not flattened by an outlier, which is marked, counted and shown when it is asked for", () => {
    const values = Array.from({ length: 3000 }, (_, at) => (at === 1234 ? 1e6 : Math.sin(at / 50)));
    const plot = layOut(viewOf(values), plain);
    expect(plot?.y.from).toBeCloseTo(-1.12, 1);
    expect(plot?.y.to).toBeCloseTo(1.12, 1);
    expect(plot?.above).toEqual({ points: 1, isExact: false, value: 1e6 });
    expect(plot?.edges.map(({ kind, x }) => [kind, Math.round(x / 10)])).toEqual([["above", 123]]);
    const shown = layOut(viewOf(values), { ...plain, outliers: "shown" });
    expect(shown?.y.to).toBeGreaterThan(1e6);
    expect([shown?.above, shown?.edges]).toEqual([null, []]);
    const byHand = layOut(viewOf(values), { ...plain, limits: { from: 0, to: null } });
    expect(byHand?.y.from).toBe(0);
    expect(byHand?.below?.value).toBeCloseTo(-1, 2);
  });

  test("keeps the raw line beside the smoothed one", () => {
    const plot = layOut(viewOf([1, 0, 1, 0, 1, 0]), { ...plain, smoothing: 0.9 });
    expect(plot?.rows.map(({ raw }) => raw)).toEqual([1, 0, 1, 0, 1, 0]);
    const smooth = plot?.rows.map(({ smooth: value }) => value ?? 0) ?? [];
    expect(Math.max(...smooth.slice(2)) - Math.min(...smooth.slice(2))).toBeLessThan(0.5);
  });

  test("of a window shows what is in it; of another axis than the view's, nothing", () => {
    const view = viewOf(Array.from({ length: 100 }, (_, at) => at));
    const plot = layOut(view, { ...plain, window: { from: 10, to: 20 } });
    expect(plot?.rows).toHaveLength(11);
    expect([plot?.x.from, plot?.x.to]).toEqual([10, 20]);
    expect(layOut(view, { ...plain, x: { ...steps, mode: "time" } })).toBeNull();
  });

  test("of a window has the line go to its borders, on to the points next to it, and through it where none lies within", () => {
    const sparse = addPoints(fromSnapshot(undefined, ALL_STEPS), {
      steps: Float64Array.of(0, 10, 20),
      timesMs: Float64Array.of(0, 10, 20),
      values: Float64Array.of(0, 100, 0),
    });
    const around = layOut(sparse, { ...plain, window: { from: 5, to: 15 } });
    expect(around?.enters).toMatchObject({ x: 5, raw: 50 });
    expect(around?.rows).toMatchObject([{ x: 10, raw: 100 }]);
    expect(around?.leaves).toMatchObject({ x: 15, raw: 50 });
    const between = layOut(sparse, { ...plain, window: { from: 12, to: 14 } });
    expect([between?.enters?.raw, between?.leaves?.raw]).toEqual([80, 60]);
    expect(between?.y.to).toBeGreaterThanOrEqual(80);
    expect(layOut(sparse, { ...plain, window: { from: 21, to: 30 } })).toBeNull();

    // The same from what is read for the window alone.
    const range = { ...ALL_STEPS, from: 12, to: 14 };
    const read = addPoints(fromSnapshot(undefined, range), {
      steps: Float64Array.of(0, 10, 20),
      timesMs: Float64Array.of(0, 10, 20),
      values: Float64Array.of(0, 100, 0),
    });
    const own = layOut(read, { ...plain, window: { from: 12, to: 14 } });
    expect([own?.enters?.raw, own?.leaves?.raw, own?.y]).toEqual([80, 60, between?.y]);
  });

  test("finds the row nearest to the pointer", () => {
    const rows = [0, 1, 10, 11].map((x) => ({ x, band: null, raw: 0, smooth: null }));
    expect([-5, 0.4, 0.6, 5, 6, 99].map((x) => nearestRow(rows, x))).toEqual([0, 0, 1, 1, 2, 3]);
    expect(nearestRow([], 1)).toBeNull();
  });
});

describe("a panel of many lines", () => {
  const inputOf = (key: string, view: ChartView, originMs = 0) => ({ key, series: key, originMs, view });
  const wave = (at: number, height: number): number[] =>
    Array.from({ length: 50 }, (_, step) => at + height * Math.sin(step));

  test("hides nothing of any: each line's extremes lie within the one y axis or are marked in its own name, and counted in the sum", () => {
    const anyLines = fc.array(fc.array(anyValue, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 12 });
    const anyOutliers = fc.constantFrom("beyond" as const, "shown" as const);
    fc.assert(
      fc.property(anyLines, fc.boolean(), anyOutliers, fc.boolean(), (all, logY, outliers, areKin) => {
        const inputs = all.map((values, index) => ({
          ...inputOf(`line ${index}`, viewOf(values)),
          ...(areKin ? { series: "loss" } : {}),
        }));
        const plot = layOutPlot(inputs, { ...plain, logY, outliers });
        if (plot === null) throw new Error("there are points");
        expect(plot.lines.map(({ key }) => key)).toEqual(inputs.map(({ key }) => key));
        const { from, to } = valuesAt(plot.y, logY);
        let above = 0;
        for (const [index, values] of all.entries()) {
          const marked = new Set(plot.lines[index]?.edges.map(({ kind }) => kind));
          const finite = values.filter(Number.isFinite).filter((value) => !logY || value > 0);
          const beyond = finite.filter((value) => value > to).length;
          above += beyond;
          expect(marked.has("above")).toBe(beyond > 0);
          if (!logY) expect(marked.has("below")).toBe(finite.some((value) => value < from));
          expect(marked.has("nan")).toBe(values.some(Number.isNaN));
          expect(marked.has("high")).toBe(values.includes(Number.POSITIVE_INFINITY));
          expect(plot.lines[index]?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        }
        expect(plot.above?.points ?? 0).toBe(above);
        if (outliers === "shown") expect(above).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("reaches from the first x of any to the last of any, each on its own time since the start", () => {
    const [early, late] = [viewOf(wave(0, 1)), viewOf(wave(5, 1).slice(0, 20))];
    const both = layOutPlot([inputOf("a", early), inputOf("b", late)], plain);
    expect(both?.x).toEqual({ from: 0, to: 49 });
    expect(both?.y.from).toBeLessThan(-0.9);
    expect(both?.y.to).toBeGreaterThan(5.9);
    const times: XAxisMode = { mode: "relative", log: false, originMs: 0 };
    const timed = (startedAtMs: number): ChartView => {
      const column = Float64Array.from({ length: 10 }, (_, index) => index);
      const empty = fromSnapshot(undefined, { ...ALL_STEPS, axis: "time" });
      return addPoints(empty, { steps: column, timesMs: column.map((ms) => startedAtMs + ms), values: column });
    };
    const runs = [inputOf("a", timed(1000), 1000), inputOf("b", timed(70_000), 70_000)];
    const plot = layOutPlot(runs, { ...plain, x: times });
    expect(plot?.x).toEqual({ from: 0, to: 9 });
    expect(plot?.lines.map(({ rows }) => rows.at(-1)?.x)).toEqual([9, 9]);
  });

  test("is not flattened by a run that diverges from the others; but a series of its own scale is shown, and so is a run apart from all", () => {
    const diverging = Array.from({ length: 50 }, (_, step) => (step < 30 ? 0 : 1.9 ** (step - 30)));
    const loss = (values: readonly number[], index: number) => ({
      ...inputOf(`run ${index}`, viewOf(values)),
      series: "loss",
    });
    const others = Array.from({ length: 9 }, (_, index) => wave(index / 10, 1));
    const plot = layOutPlot([...others, diverging].map(loss), plain);
    expect(plot?.y.to).toBeLessThan(3);
    expect(plot?.lines.at(-1)?.edges.some(({ kind }) => kind === "above")).toBe(true);
    expect(plot?.above?.value).toBeCloseTo(1.9 ** 19);
    expect(layOutPlot([...others, diverging].map(loss), { ...plain, outliers: "shown" })?.above).toBeNull();
    const named = [...others, diverging].map((values, index) => inputOf(`series ${index}`, viewOf(values)));
    expect(layOutPlot(named, plain)?.above).toBeNull();
    expect(layOutPlot([...others, wave(1000, 1)].map(loss), plain)?.above).toBeNull();
  });

  test("lays out anew only the lines that have grown", () => {
    const [still, growing] = [viewOf(wave(0, 1)), viewOf(wave(1, 1))];
    const before = layOutPlot([inputOf("a", still), inputOf("b", growing)], plain);
    const column = Float64Array.of(50);
    const grown = addPoints(growing, { steps: column, timesMs: column, values: column });
    const after = layOutPlot([inputOf("a", still), inputOf("b", grown)], plain);
    expect(after?.lines[0]?.rows).toBe(before?.lines[0]?.rows);
    expect(after?.lines[1]?.rows).not.toBe(before?.lines[1]?.rows);
    const smoothed = layOutPlot([inputOf("a", still)], { ...plain, smoothing: 0.5 });
    expect(smoothed?.lines[0]?.rows).not.toBe(before?.lines[0]?.rows);
  });

  test("has one crosshair: the values of all lines at a place, and the next mark of whichever line has one", () => {
    const at = (steps: readonly number[]): ChartView => {
      const column = Float64Array.from(steps);
      return addPoints(fromSnapshot(undefined, ALL_STEPS), { steps: column, timesMs: column, values: column });
    };
    const plot = layOutPlot([inputOf("often", at([0, 10, 20, 30])), inputOf("seldom", at([5, 25, 100]))], plain);
    if (plot === null) throw new Error("there are points");
    const valuesAtPlace = (place: number) =>
      plot.lines.map((line) => atPlace(line, place, plot.x)?.bucket.last ?? null);
    expect(valuesAtPlace(19)).toEqual([20, 25]);
    expect(valuesAtPlace(90)).toEqual([null, 100]);
    const walked = [neighbourOf(plot, null, 1)];
    for (let turn = 0; turn < 7; turn++) walked.push(neighbourOf(plot, walked.at(-1) ?? null, -1));
    expect(walked).toEqual([100, 30, 25, 20, 10, 5, 0, 0]);
    expect(neighbourOf(plot, 5, 1)).toBe(10);
  });
});

test("lines of one panel are read in fewer buckets where they are many, so that a panel's marks stay as many", () => {
  expect([1, 8, 16, 17, 32, 100].map(bucketsOf)).toEqual([1000, 1000, 1000, 750, 500, 250]);
});

test("series of one panel are called by what tells them apart", () => {
  expect(shortNames(["train/loss", "val/loss"])).toEqual(["train", "val"]);
  expect(shortNames(["layer/0/norm", "layer/1/norm", "layer/1/bias/norm"])).toEqual(["0", "1", "1/bias"]);
  expect(shortNames(["loss", "val_loss"])).toEqual(["loss", "val_loss"]);
  expect(shortNames(["loss", "val/loss"])).toEqual(["loss", "val/loss"]);
  expect(shortNames(["train/loss"])).toEqual(["train/loss"]);
});

describe("an x axis", () => {
  test("comes back from its place to its x, also below zero and on a logarithmic axis", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.boolean(), (x, log) => {
        for (const mode of ["step", "relative", "time"] as const) {
          const axis = { mode, log, originMs: 0 };
          expect(unprojectX(projectX(x, axis), axis)).toBeCloseTo(x, 3);
        }
      }),
    );
  });

  test("asks the hub for times since 1970, whatever it shows", () => {
    const axis: XAxisMode = { mode: "relative", log: true, originMs: 1_700_000_000_000 };
    expect(rangeOf({ from: 0, to: 5000 }, axis, 250)).toEqual({
      axis: "time",
      scale: "log",
      origin: 1_700_000_000_000,
      from: 1_700_000_000_000,
      to: 1_700_000_005_000,
      buckets: 250,
    });
    expect(rangeOf(null, steps, 1000)).toEqual(ALL_STEPS);
  });
});

describe("ticks", () => {
  const labels = (ticks: readonly { label: string }[]): string[] =>
    ticks.map(({ label }) => label.replaceAll("\u202f", " "));

  test("are round, within the axis, and told apart by their labels", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        (from, size) => {
          const span = { from, to: from + size };
          const ticks = yTicks(span, false, 5);
          expect(ticks.length).toBeLessThanOrEqual(12);
          for (const { place } of ticks) {
            expect(place).toBeGreaterThanOrEqual(span.from - size * 1e-6);
            expect(place).toBeLessThanOrEqual(span.to + size * 1e-6);
          }
          expect(new Set(labels(ticks)).size).toBe(ticks.length);
        },
      ),
    );
  });

  test("of steps are short where that is exact", () => {
    expect(stepLabels([0, 2000, 4000])).toEqual(["0", "2k", "4k"]);
    expect(stepLabels([500, 1000, 1500])).toEqual(["500", "1k", "1.5k"]);
    expect(stepLabels([0, 500_000, 1_000_000])).toEqual(["0", "0.5M", "1M"]);
    expect(stepLabels([2900, 3000, 3100]).map((label) => label.replaceAll("\u202f", " "))).toEqual([
      "2 900",
      "3 000",
      "3 100",
    ]);
  });

  test("of logarithmic axes are powers of ten, begun at zero on x", () => {
    expect(roundPowers({ from: 1e-4, to: 1 }, 5)).toEqual([1e-4, 1e-3, 0.01, 0.1, 1]);
    expect(labels(xTicks({ from: 0, to: 6000 }, { ...steps, log: true }, 6))).toEqual(["0", "1", "10", "100", "1 000"]);
    expect(roundNumbers({ from: 0, to: 0.35 }, 4)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(roundNumbers({ from: -4.1, to: 3.3 }, 3)).toEqual([-4, -2, 0, 2]);
  });

  test("of y are short enough for their place", () => {
    expect(labels(yTicks({ from: -2, to: 7 }, true, 5))).toEqual(["0.01", "1", "100", "10 000", "1e6"]);
    expect(labels(yTicks({ from: 0.99995, to: 0.99999 }, false, 4))).toContain("0.99996");
  });

  test("of time are minutes and seconds", () => {
    const axis: XAxisMode = { mode: "relative", log: false, originMs: 0 };
    expect(labels(xTicks({ from: 0, to: 125_000 }, axis, 5))).toEqual(["0", "30 s", "1:00", "1:30", "2:00"]);
  });
});
