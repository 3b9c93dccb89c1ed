/* `tailbone/spool`: what killed or offline trainings have left on disk, and what else the command line shares with the SDK. */

export { DEFAULT_URL, findStoredKey, readEnvironment } from "../environment";
export { DamagedSpoolError } from "./damage";
export type { Delivered, DeliverOptions } from "./deliver-spool";
export { deliverSpool } from "./deliver-spool";
export type { SpoolInfo } from "./list-spools";
export { listSpools } from "./list-spools";
export { readSpool } from "./read-spool";
