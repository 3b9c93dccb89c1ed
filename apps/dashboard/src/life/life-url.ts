import { settingsChangeSchema } from "@tailbone/protocol/lifecycle";
import { parseAsFloat, parseAsJson, parseAsString, parseAsStringLiteral } from "nuqs";
import { SCALES } from "./step-axis";

/** What of the life of features is in the URL; an event is linked to by `?tab=life&feature=patch&event=ID`. */
export const lifeParsers = {
  feature: parseAsString,
  event: parseAsString,
  /** The step of a checkpoint that is open. */
  checkpoint: parseAsFloat,
  steps: parseAsStringLiteral(SCALES).withDefault("log"),
  /** The series beneath the lanes; missing: the loss. */
  under: parseAsString,
  /** Thresholds that are tried on the feature. */
  thresholds: parseAsJson(settingsChangeSchema),
};
