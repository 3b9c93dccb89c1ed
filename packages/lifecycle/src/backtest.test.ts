import { expect, test } from "vitest";
import { backtest } from "./backtest";
import { readingOf } from "./reading.test-util";

const benefits = [0, 0, 0, 0, 0, 0, 0, 0, 0.3, 0.3, 0.3, 0.08, 0.08, 0.08, 0, 0, 0];
const patch = {
  name: "patch",
  layer: null,
  settings: {},
  readings: benefits.map((benefit, step) => readingOf(step, { encoded: 0.6, used: benefit / 3, benefit })),
};
const ink = {
  name: "ink",
  layer: null,
  settings: {},
  readings: benefits.map((_, step) => readingOf(step, { encoded: 0.6, used: 0, benefit: 0 })),
};
const said = (...args: Parameters<typeof backtest>): string[] =>
  backtest(...args).map(({ feature, to, after, by }) => `${feature} ${to} ${after}-${by}`);

test("readings of the past give the life they gave, and another one under other thresholds", () => {
  const life = ["patch latent null-0", "ink latent null-0", "patch functional 7-8"];
  expect(said([patch, ink], false)).toEqual([...life, "patch vestigial 13-14"]);
  expect(said([patch, ink], true)).toEqual([...life, "patch vestigial 13-14", "ink spandrel null-16"]);
  const lenient = { ...patch, settings: { benefitOff: 0.15, usedOff: 0.05 } };
  expect(said([lenient, ink], false)).toEqual([...life, "patch vestigial 10-11"]);
  const strict = { ...patch, settings: { benefitOn: 0.5 } };
  expect(said([strict, ink], false)).toEqual(life.slice(0, 2));
});
