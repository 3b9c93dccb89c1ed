import { INITIAL_LAYOUT, PANEL_SIZES, type PanelLayout, type PanelSpec } from "@tailbone/protocol/page-state/panels";
import fc from "fast-check";

/** Few parts, so that names share prefixes and patterns fit several. */
const part = fc.constantFrom("loss", "a", "b", "train", "val", "q1", "q01");
export const anySeries = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
export const anyNames = fc.uniqueArray(anySeries, { maxLength: 12 });
const anyPattern = fc
  .array(fc.oneof(part, fc.constantFrom("*", "/")), { minLength: 1, maxLength: 4 })
  .map((all) => all.join(""));

const anySpec: fc.Arbitrary<PanelSpec> = fc
  .record({
    id: fc.oneof(anySeries, fc.uuid()),
    title: fc.option(fc.constantFrom("Losses", "loss")),
    series: fc.uniqueArray(anySeries, { maxLength: 4 }),
    pattern: fc.option(anyPattern),
    without: fc.uniqueArray(anySeries, { maxLength: 2 }),
    size: fc.constantFrom(...PANEL_SIZES),
    pinned: fc.boolean(),
    hidden: fc.boolean(),
  })
  .filter(({ series, pattern }) => series.length > 0 || pattern !== null);

const anySpecs = fc.uniqueArray(anySpec, { maxLength: 6, selector: ({ id }) => id });

export const anyLayout: fc.Arbitrary<PanelLayout> = fc.record({
  version: fc.constant(INITIAL_LAYOUT.version),
  panels: anySpecs,
  order: fc.uniqueArray(anySeries, { maxLength: 8 }),
  sections: fc.record({ depth: fc.nat(4), closed: fc.array(anySeries, { maxLength: 2 }) }),
});

/** A panel that shows these series. */
export const panelOf = (id: string, given: Partial<PanelSpec>): PanelSpec => ({
  id,
  title: null,
  series: [],
  pattern: null,
  without: [],
  size: "medium",
  pinned: false,
  hidden: false,
  ...given,
});
