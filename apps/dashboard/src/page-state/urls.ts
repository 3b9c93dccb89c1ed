import {
  alertsViewSchema,
  compareViewSchema,
  panelsViewSchema,
  runsViewSchema,
  runViewSchema,
} from "@tailbone/protocol/page-state/views";
import type { inferParserType, UseQueryStatesReturn } from "nuqs";
import { parsersOf } from "./parsers-of";

/** What stands in the URL of each page. */
export const runUrl = parsersOf(runViewSchema);
export const runsUrl = parsersOf(runsViewSchema);
export const compareUrl = parsersOf(compareViewSchema);
export const alertsUrl = parsersOf(alertsViewSchema);

export type RunUrl = inferParserType<typeof runUrl>;

/** Of whatever page has panels. */
const panelsUrl = parsersOf(panelsViewSchema);
export type PanelsUrl = inferParserType<typeof panelsUrl>;
export type SetPanelsUrl = UseQueryStatesReturn<typeof panelsUrl>[1];
