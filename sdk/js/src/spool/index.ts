/*
 * `tailbone/spool`: what killed or offline trainings have left on disk, and what else the command line shares with the
 * SDK.
 */

export { DEFAULT_URL, findStoredKey, readEnvironment } from "../environment";
export type { Delivered, DeliverOptions } from "./deliver-spool";
export { deliverSpool } from "./deliver-spool";
export type { FoundSpools, SpoolInfo, UnreadableSpool } from "./find-spools";
export { findSpools, listSpools } from "./find-spools";
export { readSpool } from "./read-spool";
export { isSpoolInUse } from "./spool-lock";
