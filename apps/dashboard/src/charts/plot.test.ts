import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL_STEPS, addPoints, type ChartView, fromSnapshot } from "../live/chart-view";
import { projectX, rangeOf, unprojectX, type XAxisMode } from "./axis";
import { layOutPlot, nearestRow, type PlotOptions, valuesAt } from "./plot";
import { roundNumbers, roundPowers, stepLabels, xTicks, yTicks } from "./ticks";

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
    const plot = layOutPlot(resumed, plain);
    expect(plot?.rows).toHaveLength(kept.length);
    expect(plot?.abandoned[0]?.rows.map(({ x }) => x)).toEqual(left.map(({ stepFrom }) => stepFrom));
    expect(plot?.x).toEqual({ from: 0, to: 149 });
    expect(plot?.resumes).toMatchObject([{ at: 60, leg: 2, step: 60 }]);
    const beyond = left.filter(({ max }) => max > (plot?.y.to ?? 0)).length;
    expect(beyond).toBeGreaterThan(50);
    expect(plot?.abandoned[0]?.edges.filter(({ kind }) => kind === "above")).toHaveLength(beyond);
    expect((plot?.y.to ?? 0) - (plot?.y.from ?? 0)).toBeLessThan(10);
    const all = layOutPlot(resumed, { ...plain, outliers: "shown" });
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
        const plot = layOutPlot(view, { ...plain, ...choice, logY });
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
        // On a logarithmic axis a mark with values of both signs has its own mark at the bottom, and tells no lowest positive value.
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
    const plot = layOutPlot(viewOf(values), plain);
    expect(plot?.y.from).toBeCloseTo(-1.12, 1);
    expect(plot?.y.to).toBeCloseTo(1.12, 1);
    expect(plot?.above).toEqual({ points: 1, isExact: false, value: 1e6 });
    expect(plot?.edges.map(({ kind, x }) => [kind, Math.round(x / 10)])).toEqual([["above", 123]]);
    const shown = layOutPlot(viewOf(values), { ...plain, outliers: "shown" });
    expect(shown?.y.to).toBeGreaterThan(1e6);
    expect([shown?.above, shown?.edges]).toEqual([null, []]);
    const byHand = layOutPlot(viewOf(values), { ...plain, limits: { from: 0, to: null } });
    expect(byHand?.y.from).toBe(0);
    expect(byHand?.below?.value).toBeCloseTo(-1, 2);
  });

  test("keeps the raw line beside the smoothed one", () => {
    const plot = layOutPlot(viewOf([1, 0, 1, 0, 1, 0]), { ...plain, smoothing: 0.9 });
    expect(plot?.rows.map(({ raw }) => raw)).toEqual([1, 0, 1, 0, 1, 0]);
    const smooth = plot?.rows.map(({ smooth: value }) => value ?? 0) ?? [];
    expect(Math.max(...smooth.slice(2)) - Math.min(...smooth.slice(2))).toBeLessThan(0.5);
  });

  test("of a window shows what is in it; of another axis than the view's, nothing", () => {
    const view = viewOf(Array.from({ length: 100 }, (_, at) => at));
    const plot = layOutPlot(view, { ...plain, window: { from: 10, to: 20 } });
    expect(plot?.rows).toHaveLength(11);
    expect([plot?.x.from, plot?.x.to]).toEqual([10, 20]);
    expect(layOutPlot(view, { ...plain, x: { ...steps, mode: "time" } })).toBeNull();
  });

  test("of a window has the line go to its borders, on to the points next to it, and through it where none lies within", () => {
    const sparse = addPoints(fromSnapshot(undefined, ALL_STEPS), {
      steps: Float64Array.of(0, 10, 20),
      timesMs: Float64Array.of(0, 10, 20),
      values: Float64Array.of(0, 100, 0),
    });
    const around = layOutPlot(sparse, { ...plain, window: { from: 5, to: 15 } });
    expect(around?.enters).toMatchObject({ x: 5, raw: 50 });
    expect(around?.rows).toMatchObject([{ x: 10, raw: 100 }]);
    expect(around?.leaves).toMatchObject({ x: 15, raw: 50 });
    const between = layOutPlot(sparse, { ...plain, window: { from: 12, to: 14 } });
    expect([between?.enters?.raw, between?.leaves?.raw]).toEqual([80, 60]);
    expect(between?.y.to).toBeGreaterThanOrEqual(80);
    expect(layOutPlot(sparse, { ...plain, window: { from: 21, to: 30 } })).toBeNull();

    // The same from what is read for the window alone.
    const range = { ...ALL_STEPS, from: 12, to: 14 };
    const read = addPoints(fromSnapshot(undefined, range), {
      steps: Float64Array.of(0, 10, 20),
      timesMs: Float64Array.of(0, 10, 20),
      values: Float64Array.of(0, 100, 0),
    });
    const own = layOutPlot(read, { ...plain, window: { from: 12, to: 14 } });
    expect([own?.enters?.raw, own?.leaves?.raw, own?.y]).toEqual([80, 60, between?.y]);
  });

  test("finds the row nearest to the pointer", () => {
    const rows = [0, 1, 10, 11].map((x) => ({ x, band: null, raw: 0, smooth: null }));
    expect([-5, 0.4, 0.6, 5, 6, 99].map((x) => nearestRow(rows, x))).toEqual([0, 0, 1, 1, 2, 3]);
    expect(nearestRow([], 1)).toBeNull();
  });
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
    expect(rangeOf({ from: 0, to: 5000 }, axis)).toEqual({
      axis: "time",
      scale: "log",
      origin: 1_700_000_000_000,
      from: 1_700_000_000_000,
      to: 1_700_000_005_000,
    });
    expect(rangeOf(null, steps)).toEqual(ALL_STEPS);
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
