import type { Condition, Rule } from "@tailbone/protocol/rules";
import { describe, expect, test } from "vitest";
import { draftOf, ruleFormSchema } from "./rule-draft";

const usual = { ...draftOf(null), name: "vestiges" };
const conditions: Condition[] = [
  { type: "lifecycle", feature: "patch", to: ["vestigial", "lost"] },
  { type: "lifecycle", feature: null, to: ["functional"] },
  { type: "threshold", series: "loss", op: "below", value: -1, points: 3 },
  { type: "change", series: "loss", by: 0.2, points: 3 },
  { type: "nan", series: "*" },
  { type: "divergence", series: "loss", factor: 3, points: 3 },
  { type: "plateau", series: "acc", goal: "higher", by: 0, steps: 50 },
  { type: "run_state", states: ["stalled"] },
  { type: "script", level: "error" },
];

describe("the form of a rule", () => {
  test("begins with a rule that only needs a name", () => {
    expect(ruleFormSchema.parse(usual)).toEqual({
      name: "vestiges",
      project: null,
      condition: { type: "lifecycle", feature: null, to: ["vestigial"] },
      level: "warning",
      channels: [],
      cooldownMs: 3_600_000,
      enabled: true,
    });
  });

  test.each(conditions)("gives a rule back as it was: %o", (condition) => {
    const rule: Rule = {
      id: "0198c3a0-0000-4000-8000-000000000001",
      name: "a rule",
      project: "0198c3a0-0000-4000-8000-000000000002",
      condition,
      level: "info",
      channels: ["0198c3a0-0000-4000-8000-000000000003"],
      cooldownMs: 0,
      enabled: false,
    };
    const { id: _id, ...rest } = rule;
    expect(ruleFormSchema.parse(draftOf(rule))).toEqual(rest);
  });

  test("an error stands at its field, and fields that do not belong to the condition have none", () => {
    const condition = { ...usual.condition, type: "threshold" as const, value: Number.NaN, steps: Number.NaN };
    const parsed = ruleFormSchema.safeParse({ ...usual, name: " ", condition });
    expect(parsed.error?.issues.map(({ path, message }) => [path.join("."), message])).toEqual([
      ["name", "a rule's name is empty."],
      ["condition.value", "Write a number."],
    ]);
    const none = ruleFormSchema.safeParse({ ...usual, condition: { ...usual.condition, to: [] } });
    expect(none.error?.issues.map(({ path, message }) => [path.join("."), message])).toEqual([
      ["condition.to", "Choose at least one."],
    ]);
  });
});
