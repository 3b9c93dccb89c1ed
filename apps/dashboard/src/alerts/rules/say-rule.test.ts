import type { Condition } from "@tailbone/protocol/rules";
import { describe, expect, test } from "vitest";
import { sayRule, sayWhen } from "./say-rule";

const digits = "0198c3a0-0000-7000-8000-000000000001";
const training = "0198c3a0-0000-7000-8000-000000000002";
const mail = "0198c3a0-0000-7000-8000-000000000003";
const names = {
  projects: [{ id: digits, name: "digits" }],
  channels: [
    { id: training, name: "#training" },
    { id: mail, name: "mail" },
  ],
};
const vestigial: Condition = { type: "lifecycle", feature: null, to: ["vestigial"] };
const loss = { series: "loss", points: 10 };

test("a rule is a sentence: when, whom it tells, how often", () => {
  const rule = { project: digits, condition: vestigial, channels: [training], cooldownMs: 3_600_000 };
  expect(sayRule(rule, names)).toBe(
    "When any feature in digits becomes vestigial, tell #training, at most once an hour per run",
  );
  expect(sayRule({ ...rule, project: null, channels: [training, mail], cooldownMs: 5_400_000 }, names)).toBe(
    "When any feature in any project becomes vestigial, tell #training and mail, at most once in 90 minutes per run",
  );
  expect(sayRule({ ...rule, channels: [], cooldownMs: 0 }, names)).toBe(
    "When any feature in digits becomes vestigial, show it in the inbox, every time",
  );
});

const sentences: [Condition, string][] = [
  [
    { type: "lifecycle", feature: "patch", to: ["functional", "vestigial", "lost"] },
    "the feature patch in digits becomes functional, vestigial or lost",
  ],
  [{ type: "threshold", series: "loss", op: "above", value: 2.5, points: 1 }, "loss in digits is above 2.5"],
  [
    { type: "threshold", series: "*acc*", op: "below", value: 0.1, points: 5 },
    "any series like *acc* in digits is below 0.1 for 5 points in a row",
  ],
  [
    { type: "change", ...loss, by: 0.5 },
    "the mean of the last 10 points of loss in digits differs by more than 50 % from that of as many before",
  ],
  [{ type: "nan", series: "*" }, "any series in digits is NaN or infinite"],
  [
    { type: "divergence", ...loss, factor: 2 },
    "the mean of the last 10 points of loss in digits rises above 2 times its lowest",
  ],
  [
    { type: "plateau", series: "loss", goal: "lower", by: 0, steps: 500 },
    "loss in digits has not become lower for 500 steps",
  ],
  [
    { type: "plateau", series: "acc", goal: "higher", by: 0.01, steps: 1 },
    "acc in digits has not become higher by more than 0.01 for 1 step",
  ],
  [{ type: "run_state", states: ["failed", "crashed"] }, "a run in digits becomes failed or crashed"],
  [{ type: "script", level: "info" }, "a script in digits raises an alert"],
  [{ type: "script", level: "warning" }, "a script in digits raises an alert of level warning or graver"],
  [{ type: "script", level: "error" }, "a script in digits raises an alert of level error"],
];
describe("every condition in words", () => {
  test.each(sentences)("%o", (condition, sentence) => {
    expect(sayWhen({ project: digits, condition }, names)).toBe(`When ${sentence}`);
  });
});
