import type { Alert } from "@tailbone/protocol/rules";
import { describe, expect, test } from "vitest";
import { saySteps } from "../../parts/alert-words";
import { applyPatch } from "../apply-patch";
import { groupAlerts, moveTo } from "./group-alerts";

const alertOf = (id: string, run: string, timeMs: number, readAtMs: number | null = null): Alert => ({
  id,
  run: { id: run, name: run, project: "digits" },
  ruleId: null,
  kind: "script",
  title: id,
  text: "",
  level: "info",
  feature: null,
  after: null,
  by: null,
  evidence: "",
  path: `/runs/${run}`,
  step: null,
  timeMs,
  swallowed: 0,
  swallowedTo: null,
  readAtMs,
  acknowledgedAtMs: null,
  acknowledgedBy: null,
  snoozedUntilMs: null,
  assignedTo: null,
  unreadable: [],
});
const ids = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);
const first = alertOf("first", "one", 1);

describe("the order of the inbox", () => {
  test("runs with unread alerts come first, and in each run the unread ones, then the newest", () => {
    const alerts = [
      alertOf("newest", "read", 9, 9),
      alertOf("old", "unread", 1, 1),
      alertOf("older", "unread", 2),
      alertOf("newer", "unread", 3),
    ];
    const groups = groupAlerts(alerts);
    expect(groups.map(({ run, alerts: own }) => [run.id, ids(own)])).toEqual([
      ["unread", ["newer", "older", "old"]],
      ["read", ["newest"]],
    ]);
  });

  test("an alert that is read while one looks keeps its place", () => {
    const alerts = [alertOf("older", "one", 1), alertOf("newer", "one", 2, 5)];
    expect(groupAlerts(alerts).flatMap((group) => ids(group.alerts))).toEqual(["older", "newer"]);
    const read = [alertOf("older", "one", 1, 6), alertOf("newer", "one", 2, 5)];
    expect(groupAlerts(read, new Set(["older"])).flatMap((group) => ids(group.alerts))).toEqual(["older", "newer"]);
  });

  test("one moves from alert to alert, and stops at the ends", () => {
    const alerts = [first, alertOf("second", "one", 2)];
    expect(moveTo(alerts, null, 1)?.id).toBe("first");
    expect(moveTo(alerts, "first", 1)?.id).toBe("second");
    expect(moveTo(alerts, "second", 1)?.id).toBe("second");
    expect(moveTo(alerts, "first", -1)?.id).toBe("first");
    expect(moveTo([], "first", 1)).toBeUndefined();
  });
});

test("what is changed is shown as the hub will have it", () => {
  const by = { by: "ana", nowMs: 7 };
  expect(applyPatch(first, { acknowledged: true }, by)).toMatchObject({ acknowledgedAtMs: 7, acknowledgedBy: "ana" });
  expect(applyPatch({ ...first, readAtMs: 3 }, { read: false }, by).readAtMs).toBeNull();
  expect(applyPatch(first, { snoozedUntilMs: 9, assignedTo: "bo" }, by)).toEqual({
    ...first,
    snoozedUntilMs: 9,
    assignedTo: "bo",
  });
});

test("the steps between which it happened are said as far as they are known", () => {
  expect(saySteps({ after: 800, by: 900, step: 900 })).toBe("after step 800, by 900");
  expect(saySteps({ after: null, by: 900, step: null })).toBe("by step 900");
  expect(saySteps({ after: null, by: null, step: 7 })).toBe("step 7");
  expect(saySteps({ after: null, by: null, step: null })).toBeNull();
});
