import fc from "fast-check";
import { expect, test } from "vitest";
import { type PlacedPanel, placeOf, stepTarget, targetAt, targetsOf } from "./drop-target";

const panels: PlacedPanel[] = [
  { id: "a", group: "" },
  { id: "b", group: "" },
  { id: "c", group: "" },
  { id: "d", group: "train" },
];

test("over the middle of a panel both become one; at its sides one stands beside it, within the same section", () => {
  expect(targetAt(panels, "a", "b", 0.5)).toEqual({ panel: "b", zone: "onto" });
  expect(targetAt(panels, "a", "b", 0.1)).toEqual({ panel: "b", zone: "before" });
  expect(targetAt(panels, "a", "b", 0.9)).toEqual({ panel: "b", zone: "after" });
  expect(targetAt(panels, "a", "d", 0.1)).toEqual({ panel: "d", zone: "onto" });
  expect(targetAt(panels, "a", "a", 0.5)).toBeNull();
});

test("the arrow keys go through every place and every panel, in the order of the page, and stay at either end", () => {
  const said: string[] = [];
  let now = stepTarget(panels, "b", null, 1);
  for (let turn = 0; turn < 5; turn++, now = stepTarget(panels, "b", now, 1)) said.push(`${now?.zone} ${now?.panel}`);
  expect(said).toEqual(["onto c", "after c", "onto d", "onto d", "onto d"]);
  expect(stepTarget(panels, "b", null, -1)).toEqual({ panel: "a", zone: "onto" });
  expect(stepTarget(panels, "b", { panel: "a", zone: "before" }, -1)).toEqual({ panel: "a", zone: "before" });
});

test("what is before or behind another comes to stand there, and no two targets are the same place", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 8 }), fc.nat(), (ids, pick) => {
      const all = ids.map((id) => ({ id, group: "" }));
      const dragged = ids[pick % ids.length] ?? "";
      const orders = targetsOf(all, dragged).flatMap((target) => {
        if (target?.zone === "onto") return [];
        if (target === null) return [ids];
        const others = ids.filter((id) => id !== dragged);
        const order = others.toSpliced(placeOf(all, dragged, target), 0, dragged);
        const [at, other] = [order.indexOf(dragged), order.indexOf(target.panel)];
        expect(at).toBe(target.zone === "before" ? other - 1 : other + 1);
        return [order];
      });
      expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(ids.length);
    }),
  );
});
