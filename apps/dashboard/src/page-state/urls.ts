import { alertsViewSchema, runsViewSchema, runViewSchema } from "@tailbone/protocol/page-state/views";
import type { inferParserType, UseQueryStatesReturn } from "nuqs";
import { parsersOf } from "./parsers-of";

/** What stands in the URL of each page. */
export const runUrl = parsersOf(runViewSchema);
export const runsUrl = parsersOf(runsViewSchema);
export const alertsUrl = parsersOf(alertsViewSchema);

export type RunUrl = inferParserType<typeof runUrl>;
export type SetRunUrl = UseQueryStatesReturn<typeof runUrl>[1];
