import { expect, test } from "vitest";
import { backtest } from "./backtest";
import { readingOf } from "./reading.test-util";

const benefits = [0, 0, 0, 0.3, 0.3, 0.3, 0.08, 0.08, 0.08, 0, 0, 0];
const patch = {
  name: "patch",
  settings: {},
  readings: benefits.map((benefit, step) => readingOf(step, { encoded: 0.6, used: benefit / 3, benefit })),
};
const ink = {
  name: "ink",
  settings: {},
  readings: benefits.map((_, step) => readingOf(step, { encoded: 0.6, used: 0, benefit: 0 })),
};
const said = (...args: Parameters<typeof backtest>): string[] =>
  backtest(...args).map(({ feature, to, after, by }) => `${feature} ${to} ${after}-${by}`);

test("readings of the past give the life they gave, and another one under other thresholds", () => {
  const life = ["patch latent null-0", "ink latent null-0", "patch functional 2-3"];
  expect(said([patch, ink], false)).toEqual([...life, "patch vestigial 8-9"]);
  expect(said([patch, ink], true)).toEqual([...life, "patch vestigial 8-9", "ink spandrel null-11"]);
  const lenient = { ...patch, settings: { benefitOff: 0.15, usedOff: 0.05 } };
  expect(said([lenient, ink], false)).toEqual([...life, "patch vestigial 5-6"]);
  const strict = { ...patch, settings: { benefitOn: 0.5 } };
  expect(said([strict, ink], false)).toEqual(life.slice(0, 2));
});
