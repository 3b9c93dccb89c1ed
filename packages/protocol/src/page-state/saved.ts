import { z } from "zod";
import { TailboneError } from "../errors";
import { LIMITS } from "../limits";
import { seriesNameSchema, timeMsSchema } from "../names";
import { panelLayoutSchema } from "./panels";
import { readVersioned, type Versioned } from "./versioned";
import { RUN_FACTS } from "./views";

/*
 * What a team keeps of a page for a project: all its members see it, and each may change it. Beside it stands how often
 * it was saved; who changes it says which of these it goes on from, so that nobody writes over what they have not seen.
 */

/** The columns of a project's runs, besides the name. */
export const runColumnsSchema = z.strictObject({
  version: z.literal(1),
  facts: z.array(z.enum(RUN_FACTS)).max(RUN_FACTS.length),
  series: z.array(seriesNameSchema).max(LIMITS.panelSeries),
});
export type RunColumns = z.infer<typeof runColumnsSchema>;

export const SAVED_PAGES = ["run", "runs"] as const;
export const savedPageSchema = z.enum(SAVED_PAGES);
export type SavedPage = z.infer<typeof savedPageSchema>;

/** What is kept of each page. */
export interface SavedStates {
  readonly run: z.infer<typeof panelLayoutSchema>;
  readonly runs: RunColumns;
}

const VERSIONS: { readonly [Page in SavedPage]: Versioned<SavedStates[Page]> } = {
  run: { name: "panels", schema: panelLayoutSchema, upgrades: [] },
  runs: { name: "columns", schema: runColumnsSchema, upgrades: [] },
};

/** A page's state as it was stored by any version so far. Throws `version_mismatch`. */
export function readPageState<Page extends SavedPage>(page: Page, stored: unknown): SavedStates[Page] {
  return readVersioned<SavedStates[Page]>(VERSIONS[page], stored);
}

/** A state that somebody wants to save of a page, in the newest version. Throws `bad_request`. */
export function parsePageState<Page extends SavedPage>(page: Page, given: unknown): SavedStates[Page] {
  const parsed = VERSIONS[page].schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { name } = VERSIONS[page];
  const [issue] = parsed.error.issues;
  throw new TailboneError(
    "bad_request",
    `These are no ${name} (${issue?.path.join(".")}: ${issue?.message}).`,
    `The page ${page} keeps ${name}; openapi.json has their schema.`,
    { cause: parsed.error },
  );
}

const savedStateSchema = z.union([panelLayoutSchema, runColumnsSchema]);

/** `revision`: how often it was saved; 0, with no state: never. */
export const pageStateSchema = z.object({
  revision: z.number().int().nonnegative(),
  /** Null: it was never saved, or `unreadable` says why it cannot be read. */
  state: savedStateSchema.nullable(),
  unreadable: z.string().nullable(),
  savedBy: z.string().nullable(),
  savedAtMs: timeMsSchema.nullable(),
});
export type PageState = z.infer<typeof pageStateSchema>;

/** Saves a state in place of that of a revision; one that was saved meanwhile is a `conflict`. */
export const pageStateSaveSchema = z.strictObject({
  revision: z.number().int().nonnegative(),
  state: savedStateSchema,
});
export type PageStateSave = z.infer<typeof pageStateSaveSchema>;
