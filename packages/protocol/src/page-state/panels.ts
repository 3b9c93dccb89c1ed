import { z } from "zod";
import { LIMITS } from "../limits";
import { boundedText, seriesNameSchema } from "../names";
import { seriesPatternSchema } from "../series-pattern";
import { text } from "../text";

/*
 * The panels of a project, as its team has arranged them: what is kept of the charts of all its runs. A series that no
 * panel takes has a panel of its own, whose id is the series' name.
 */

/** Names a panel in the order of all, and in the URL. */
export const panelIdSchema = boundedText("a panel's id", LIMITS.seriesNameBytes + 16);

/** `medium` is one place of the grid; `small` half of it, `wide` two side by side, `tall` two below each other. */
export const PANEL_SIZES = ["small", "medium", "wide", "tall"] as const;
export const panelSizeSchema = z.enum(PANEL_SIZES);
export type PanelSize = z.infer<typeof panelSizeSchema>;

/**
 * A panel: the named series in their order, then all others that fit the pattern, by name, but those in `without`. Of a
 * run that has none of them it is not shown.
 */
export const panelSpecSchema = z
  .strictObject({
    id: panelIdSchema,
    /** Null: it is called by what it shows. */
    title: boundedText("a panel's title", LIMITS.nameBytes).nullable(),
    series: z.array(seriesNameSchema).max(LIMITS.panelSeries),
    pattern: seriesPatternSchema.nullable(),
    without: z.array(seriesNameSchema).max(LIMITS.panelSeries),
    size: panelSizeSchema,
    /** It stands above all sections. */
    pinned: z.boolean(),
    /** It and its series are counted, and not drawn. */
    hidden: z.boolean(),
  })
  .refine(({ series, pattern }) => series.length > 0 || pattern !== null, "a panel has series or a pattern");
export type PanelSpec = z.infer<typeof panelSpecSchema>;

/** The most levels of a series' name by which panels are grouped. */
export const DEEPEST_SECTION = 8;

const distinct = <T>(name: (one: T) => string, what: string) =>
  [(all: T[]) => new Set(all.map(name)).size === all.length, `${what} is there twice`] as const;

export const panelLayoutSchema = z.strictObject({
  version: z.literal(1),
  panels: z
    .array(panelSpecSchema)
    .max(LIMITS.panels)
    .refine(...distinct<{ id: string }>(({ id }) => id, "a panel's id")),
  /** Ids of panels as they stand within their section; what is not in it stands behind, by name. */
  order: z
    .array(panelIdSchema)
    .max(LIMITS.seriesPerRun)
    .refine(...distinct<string>((id) => id, "a panel")),
  sections: z.strictObject({
    /** By how many of the parts between slashes panels are grouped; 0: not at all. */
    depth: z.number().int().min(0).max(DEEPEST_SECTION),
    /** Sections that are folded at first. */
    closed: z.array(text().max(LIMITS.seriesNameBytes)).max(LIMITS.panels),
  }),
});
export type PanelLayout = z.infer<typeof panelLayoutSchema>;

/** Of a project whose panels nobody has arranged. */
export const INITIAL_LAYOUT: PanelLayout = {
  version: 1,
  panels: [],
  order: [],
  sections: { depth: 1, closed: [] },
};
