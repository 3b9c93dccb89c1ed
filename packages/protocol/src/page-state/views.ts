import { z } from "zod";
import { settingsChangeSchema } from "../lifecycle";
import {
  urlChoice,
  urlFlag,
  urlJson,
  urlList,
  urlNumber,
  urlPanelLimits,
  urlPanelLine,
  urlPanelSpan,
  urlSpan,
  urlText,
} from "./url-fields";

/*
 * What is seen of each page, as it stands in its URL: whoever opens the same URL sees the same. What a field leaves out
 * is as its default says, or as the project's saved state does.
 */

export const RUN_TABS = ["charts", "life", "checkpoints", "config", "console", "system", "alerts"] as const;
/** What charts show along x. `relative` is the time since the run began. */
export const X_MODES = ["step", "relative", "time"] as const;
export type XMode = (typeof X_MODES)[number];
/**
 * Whether values far from all others may lie beyond the y axis, marked at its edge, or the axis reaches to each of
 * them.
 */
export const OUTLIERS = ["beyond", "shown"] as const;
export type Outliers = (typeof OUTLIERS)[number];
/** How the steps of a life are laid out. */
export const STEP_SCALES = ["log", "linear"] as const;
export type StepScale = (typeof STEP_SCALES)[number];

/** What is seen of the panels of a page. */
export const panelsViewSchema = z.object({
  x: urlChoice(X_MODES).default("step"),
  logx: urlFlag().default(false),
  logy: urlFlag().default(false),
  smooth: urlNumber().default(0),
  outliers: urlChoice(OUTLIERS).default("beyond"),
  /** The window of x of all panels. */
  zoom: urlSpan().optional(),
  /** Windows of x of single panels, which have them instead. */
  zooms: urlList(urlPanelSpan()).default([]),
  /** The y axes that were set by hand. */
  y: urlList(urlPanelLimits()).default([]),
  /** Lines that are not drawn in their panel. */
  off: urlList(urlPanelLine()).default([]),
  find: urlText().default(""),
  /** The panel that is shown large, by its id. */
  chart: urlText().optional(),
});

/** More are not compared at once: nobody could tell their curves apart, and servers take no address of many more. */
export const MOST_COMPARED = 100;

export const compareViewSchema = z.object({
  /** Ids of the runs that are compared. */
  runs: urlList(urlText()).default([]),
  ...panelsViewSchema.shape,
});

export const runViewSchema = z.object({
  tab: urlChoice(RUN_TABS).default("charts"),
  ...panelsViewSchema.shape,
  /** Sections that are folded; missing: as they are saved. */
  closed: urlList(urlText()).optional(),
  /** Hidden panels are listed. */
  hidden: urlFlag().default(false),
  feature: urlText().optional(),
  /** The lifecycle event that is selected. */
  event: urlText().optional(),
  /** The step of a checkpoint that is open. */
  checkpoint: urlNumber().optional(),
  steps: urlChoice(STEP_SCALES).default("log"),
  /** The series beneath the lanes; missing: the loss. */
  under: urlText().optional(),
  /** Thresholds that are tried on the feature. */
  thresholds: urlJson(settingsChangeSchema).optional(),
  /** What is looked for in the config, and the leg whose config is shown; missing: what the run ended up with. */
  key: urlText().default(""),
  leg: urlNumber().optional(),
  /** What is looked for in the output. */
  text: urlText().default(""),
});

/** What of a run a list can tell, besides its name and series. */
export const RUN_FACTS = ["state", "tags", "lives", "step", "started", "duration", "who"] as const;
export type RunFact = (typeof RUN_FACTS)[number];

export const runsViewSchema = z.object({
  filter: urlText().default(""),
  sort: urlText().default("-created"),
  /** Columns besides the name; missing: as they are saved, else the usual ones. */
  series: urlList(urlText()).optional(),
  facts: urlList(urlChoice(RUN_FACTS)).optional(),
  /** Ids of the runs that are chosen. */
  chosen: urlList(urlText()).default([]),
});

export const ALERT_TABS = ["inbox", "rules", "channels", "deliveries"] as const;

export const alertsViewSchema = z.object({
  tab: urlChoice(ALERT_TABS).default("inbox"),
  which: urlChoice(["open", "unread", "all"]).default("open"),
  /** The alert that is selected. */
  alert: urlText().optional(),
});
