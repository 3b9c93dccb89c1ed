import { INITIAL_LAYOUT, PANEL_SIZES, type PanelLayout, panelLayoutSchema } from "@tailbone/protocol/page-state/panels";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changePanel,
  editPanel,
  type LayoutEdit,
  mergePanels,
  movePanel,
  setSections,
  splitPanel,
} from "./edit-layout";
import { anyLayout, anyNames, anySeries } from "./layout.test-util";
import { arrangePanels, panelsOf, type ShownPanel } from "./panels-of";

const NAMES = ["loss", "val_loss", "lr", "train/acc", "val/acc"];
const shown = (layout: PanelLayout, names: readonly string[] = NAMES) => panelsOf(layout.panels, names);
const titles = (layout: PanelLayout, names: readonly string[] = NAMES) => {
  const { pinned, sections } = arrangePanels(layout, shown(layout, names));
  return [...pinned, ...sections.flatMap(({ panels }) => panels)].map(({ title }) => title);
};
function pick(layout: PanelLayout, title: string): ShownPanel {
  const found = shown(layout).find((panel) => panel.title === title);
  if (found === undefined) throw new Error(`no panel is called ${title}`);
  return found;
}
function make(layout: PanelLayout, edit: LayoutEdit): PanelLayout {
  const next = edit(layout);
  if (next === null) throw new Error("the edit could not be made");
  return panelLayoutSchema.parse(next);
}

describe("an edit", () => {
  test("of one panel laid onto another makes one of both; a series taken out has its own again, and nothing is kept of it", () => {
    const both = make(
      INITIAL_LAYOUT,
      mergePanels(pick(INITIAL_LAYOUT, "val_loss"), pick(INITIAL_LAYOUT, "loss").spec, "p1"),
    );
    expect(titles(both)).toEqual(["loss, val_loss", "lr", "train/acc", "val/acc"]);
    const three = make(both, editPanel(pick(both, "loss, val_loss").spec, { added: ["train/acc"] }, "p2"));
    expect(three.panels.map(({ id, series }) => [id, series])).toEqual([["p1", ["loss", "val_loss", "train/acc"]]]);
    const two = make(
      three,
      editPanel(pick(three, "loss, val_loss, train/acc").spec, { removed: ["train/acc"] }, "taken"),
    );
    expect(titles(two)).toEqual(titles(both));
    const one = make(two, editPanel(pick(two, "loss, val_loss").spec, { removed: ["loss"] }, "taken"));
    expect(one.panels).toEqual([]);
    expect(titles(one)).toEqual(titles(INITIAL_LAYOUT));
  });

  test("that takes out what a pattern fits remembers it, and putting it back forgets it", () => {
    const layout = make(INITIAL_LAYOUT, editPanel(null, { pattern: "*/acc", title: "Accuracies" }, "p"));
    expect(titles(layout)).toEqual(["Accuracies", "loss", "lr", "val_loss"]);
    const without = make(layout, editPanel(pick(layout, "Accuracies").spec, { removed: ["val/acc"] }, "taken"));
    expect(titles(without)).toEqual(["Accuracies", "loss", "lr", "val_loss", "val/acc"]);
    const back = make(without, editPanel(pick(without, "Accuracies").spec, { added: ["val/acc"] }, "q"));
    expect(pick(back, "Accuracies").series).toEqual(["val/acc", "train/acc"]);
    const narrower = make(without, editPanel(pick(without, "Accuracies").spec, { pattern: "train/*" }, "q"));
    expect(narrower.panels[0]?.without).toEqual([]);
    expect(titles(make(layout, splitPanel(pick(layout, "Accuracies").spec)))).toEqual(titles(INITIAL_LAYOUT));
  });

  test("moves a panel among those it stands with; those that are not in this run keep their places", () => {
    const ids = ["loss", "lr", "val_loss"];
    const first = make(INITIAL_LAYOUT, movePanel(ids, "val_loss", 0));
    expect(titles(first).slice(0, 3)).toEqual(["val_loss", "loss", "lr"]);
    const last = make(first, movePanel(["val_loss", "loss", "lr"], "val_loss", 2));
    expect(titles(last).slice(0, 3)).toEqual(["loss", "lr", "val_loss"]);
    const with2 = make({ ...INITIAL_LAYOUT, order: ["loss", "gone", "lr"] }, movePanel(ids, "val_loss", 1));
    expect(with2.order).toEqual(["loss", "val_loss", "gone", "lr"]);
  });

  test("resizes, pins, names and hides, and what is as it was by itself is not kept", () => {
    const { spec } = pick(INITIAL_LAYOUT, "lr");
    const wide = make(INITIAL_LAYOUT, changePanel(spec, { size: "wide", pinned: true, title: "Rate" }));
    expect(titles(wide)[0]).toBe("Rate");
    const hidden = make(wide, changePanel(spec, { hidden: true }));
    expect(titles(hidden)).not.toContain("Rate");
    const again = changePanel(spec, { size: "medium", pinned: false, title: null, hidden: false });
    expect(make(hidden, again)).toEqual(INITIAL_LAYOUT);
  });

  test("of a panel that somebody else has removed is not made", () => {
    const layout = make(INITIAL_LAYOUT, editPanel(null, { pattern: "*/acc" }, "p"));
    const { spec } = pick(layout, "*/acc");
    for (const edit of [
      changePanel(spec, { pinned: true }),
      editPanel(spec, { removed: ["val/acc"] }, "taken"),
      splitPanel(spec),
    ])
      expect(edit(INITIAL_LAYOUT)).toBeNull();
  });

  test("whatever is done, in whatever order: the layout can be saved, and every series is in a panel", () => {
    const number = fc.nat();
    const act = fc.record({
      kind: fc.constantFrom("merge", "add", "take", "split", "pattern", "change", "move", "depth"),
      first: number,
      second: number,
      name: anySeries,
      size: fc.constantFrom(...PANEL_SIZES),
      flag: fc.boolean(),
    });
    fc.assert(
      fc.property(anyLayout, anyNames, fc.array(act, { maxLength: 12 }), (start, names, acts) => {
        let layout = start;
        for (const [turn, { kind, first, second, name, size, flag }] of acts.entries()) {
          const panels = shown(layout, names);
          const [one, other] = [panels[first % panels.length], panels[second % panels.length]];
          if (one === undefined || other === undefined) continue;
          const ids = panels.map(({ spec }) => spec.id);
          const edits: Record<typeof kind, LayoutEdit> = {
            merge: mergePanels(one, other.spec, `p${turn}`),
            add: editPanel(one.spec, { added: [name] }, `p${turn}`),
            take: editPanel(one.spec, { removed: one.series.slice(0, 1 + (second % 2)) }, `p${turn}`),
            split: splitPanel(one.spec),
            pattern: editPanel(null, { pattern: `*${name}*` }, `p${turn}`),
            change: changePanel(one.spec, { size, pinned: flag, hidden: !flag }),
            move: movePanel(ids, one.spec.id, second % ids.length),
            depth: setSections({ depth: second % 9 }),
          };
          layout = edits[kind](layout) ?? layout;
          expect(panelLayoutSchema.safeParse(layout).error).toBeUndefined();
          const after = panelsOf(layout.panels, names);
          expect(new Set(after.flatMap(({ series }) => series))).toEqual(new Set(names));
        }
      }),
    );
  });

  test("moves to any place, from any other", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anySeries, { minLength: 1 }),
        fc.array(anySeries),
        fc.nat(),
        fc.nat(),
        (names, order, from, to) => {
          const layout = { ...INITIAL_LAYOUT, order: [...new Set(order)], sections: { depth: 0, closed: [] } };
          const ids = arrangePanels(layout, panelsOf([], names)).sections[0]?.panels.map(({ spec }) => spec.id) ?? [];
          const id = ids[from % ids.length] ?? "";
          const place = to % ids.length;
          const next = make(layout, movePanel(ids, id, place));
          const wanted = ids.filter((one) => one !== id).toSpliced(place, 0, id);
          expect(titles(next, names)).toEqual(wanted);
        },
      ),
    );
  });
});
