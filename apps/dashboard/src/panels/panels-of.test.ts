import { INITIAL_LAYOUT, panelLayoutSchema } from "@tailbone/protocol/page-state/panels";
import { fitsSeries } from "@tailbone/protocol/series-pattern";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyLayout, anyNames, panelOf } from "./layout.test-util";
import { arrangePanels, type PanelPage, panelsOf, sectionOf } from "./panels-of";

const pageOf = (page: PanelPage) => [...page.pinned, ...page.sections.flatMap(({ panels }) => panels), ...page.hidden];

describe("panels of a run", () => {
  test("hold every series, by whatever layout; none is empty, and none there twice", () => {
    fc.assert(
      fc.property(anyLayout, anyNames, (layout, names) => {
        expect(panelLayoutSchema.safeParse(layout).error).toBeUndefined();
        const panels = pageOf(arrangePanels(layout, panelsOf(layout.panels, names)));
        expect(new Set(panels.flatMap(({ series }) => series))).toEqual(new Set(names));
        expect(new Set(panels.map(({ spec }) => spec.id)).size).toBe(panels.length);
        for (const { series } of panels) {
          expect(series.length).toBeGreaterThan(0);
          expect(new Set(series).size).toBe(series.length);
        }
      }),
    );
  });

  test("are the same in whatever order the series came", () => {
    const shuffled = anyNames.chain((names) =>
      fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length })),
    );
    fc.assert(
      fc.property(anyLayout, shuffled, (layout, [names, others]) => {
        const page = (given: readonly string[]) => arrangePanels(layout, panelsOf(layout.panels, given));
        expect(page(others)).toEqual(page(names));
      }),
    );
  });

  test("take what their pattern fits and what they name, and nothing else", () => {
    fc.assert(
      fc.property(anyLayout, anyNames, (layout, names) => {
        for (const { spec, series } of panelsOf(layout.panels, names)) {
          const fits = (name: string) => spec.pattern !== null && fitsSeries(spec.pattern, name);
          const wanted = names.filter(
            (name) => spec.series.includes(name) || (fits(name) && !spec.without.includes(name)),
          );
          expect([...series].sort()).toEqual(wanted.sort());
        }
      }),
    );
  });

  test("of a new series come by themselves, unless a pattern takes it", () => {
    const specs = [panelOf("losses", { pattern: "*/loss" }), panelOf("both", { series: ["acc", "val_acc"] })];
    const titles = (names: string[]) => panelsOf(specs, names).map(({ title, series }) => [title, series]);
    expect(titles(["acc"])).toEqual([["acc", ["acc"]]]);
    expect(titles(["lr", "a/b/loss", "val_acc", "acc", "a/loss"])).toEqual([
      ["*/loss", ["a/b/loss", "a/loss"]],
      ["acc, val_acc", ["acc", "val_acc"]],
      ["lr", ["lr"]],
    ]);
  });
});

describe("a page of panels", () => {
  const names = ["loss", "lr", "a/b/c/x", "a/b/y", "a/z", "b/x"];
  const prefixes = (depth: number) =>
    arrangePanels({ ...INITIAL_LAYOUT, sections: { depth, closed: [] } }, panelsOf([], names)).sections.map(
      ({ prefix, panels }) => [prefix, panels.map(({ title }) => title)],
    );

  test("is grouped by as many parts of the names as one likes", () => {
    expect(prefixes(0)).toEqual([["", ["loss", "a/b/c/x", "a/b/y", "a/z", "b/x", "lr"]]]);
    expect(prefixes(1)).toEqual([
      ["", ["loss", "lr"]],
      ["a", ["a/b/c/x", "a/b/y", "a/z"]],
      ["b", ["b/x"]],
    ]);
    expect(prefixes(2).map(([prefix]) => prefix)).toEqual(["", "a", "a/b", "b"]);
    expect(prefixes(8).map(([prefix]) => prefix)).toEqual(["", "a", "a/b", "a/b/c", "b"]);
  });

  test("has a panel in the section of its first name, or of what its pattern begins with", () => {
    expect(sectionOf(panelOf("p", { series: ["train/loss", "val/loss"] }), 1)).toBe("train");
    expect(sectionOf(panelOf("p", { pattern: "train/layer_*" }), 1)).toBe("train");
    expect(sectionOf(panelOf("p", { pattern: "*/loss" }), 1)).toBe("");
  });

  test("has what is pinned above, what is hidden apart, and the rest in its order, new ones behind", () => {
    const specs = [
      panelOf("b/x", { series: ["b/x"], pinned: true }),
      panelOf("a/z", { series: ["a/z"], hidden: true, pinned: true }),
    ];
    const layout = { ...INITIAL_LAYOUT, panels: specs, order: ["gone", "lr", "loss"] };
    const page = arrangePanels(layout, panelsOf(specs, [...names, "new"]));
    expect(page.pinned.map(({ title }) => title)).toEqual(["b/x"]);
    expect(page.hidden.map(({ title }) => title)).toEqual(["a/z"]);
    expect(page.sections[0]?.panels.map(({ title }) => title)).toEqual(["lr", "loss", "new"]);
  });
});
