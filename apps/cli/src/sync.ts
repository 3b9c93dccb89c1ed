import { existsSync } from "node:fs";
import { join } from "node:path";
import { TailboneError, type WireError } from "@tailbone/protocol/errors";
import { Presets, SingleBar } from "cli-progress";
import {
  type Delivered,
  deliverSpool,
  findSpools,
  findStoredKey,
  isSpoolInUse,
  readEnvironment,
  type SpoolInfo,
} from "tailbone/spool";
import { type HubOptions, parseUrl } from "./hub-client";
import { note, printJson } from "./output";
import { EXIT } from "./report-error";

export interface SyncOptions extends HubOptions {
  /** The trainings have ended, also where that cannot be seen from here. */
  readonly ended?: boolean;
  readonly json?: boolean;
}

/** What became of one spool; `run` is null where nobody can tell whose it is. */
interface Outcome extends Delivered {
  readonly run: string | null;
  readonly dir: string;
  /** Its training still runs, or another process delivers it. */
  readonly isInUse: boolean;
  readonly error: WireError | null;
}

const NOTHING = {
  frames: 0,
  refused: 0,
  damaged: 0,
  missing: 0,
  damage: [],
  quarantine: null,
  kept: null,
  isInUse: false,
};

/**
 * Delivers everything below a folder that no living training owns; one spool that cannot be delivered holds up no
 * other. Returns the exit code: failed if anything could not be read or delivered.
 */
export async function sync(dir: string | undefined, options: SyncOptions): Promise<number> {
  const env = readEnvironment();
  const root = dir ?? join(env.dataDir, "spool");
  if (dir !== undefined && !existsSync(dir)) {
    throw new TailboneError("not_found", `There is no folder ${dir}.`, "Name one that holds what trainings have left.");
  }
  const given = options.url ?? env.url;
  const url = given === undefined ? undefined : parseUrl(given);
  const { spools, unreadable } = await findSpools(root);
  const isQuiet = options.json === true;
  if (spools.length + unreadable.length === 0 && !isQuiet) note(`There is nothing to deliver in ${root}.`);
  let exitCode: number = EXIT.ok;
  for (const { dir: path, error } of unreadable) {
    exitCode = EXIT.failed;
    tellOutcome(path, { run: null, dir: path, ...NOTHING, error: error.toWire() }, isQuiet);
  }
  for (const spool of spools) {
    const outcome = await syncOne(spool, url, options);
    if (!isWell(outcome)) exitCode = EXIT.failed;
    tellOutcome(`${spool.project} / ${spool.name ?? spool.run}`, outcome, isQuiet);
  }
  return exitCode;
}

/** Whoever has a spool in use delivers it: that is no failure. Nor is what a restored database has lost the spool's. */
function isWell({ error, isInUse, damage, damaged, refused }: Outcome): boolean {
  return isInUse || (error === null && damage.length === 0 && damaged === 0 && refused === 0);
}

async function syncOne(spool: SpoolInfo, url: string | undefined, options: SyncOptions): Promise<Outcome> {
  const { apiKey, json, ended = false } = options;
  const env = readEnvironment();
  const bar = process.stderr.isTTY && json !== true ? openBar(spool) : null;
  const base = { run: spool.run, dir: spool.dir };
  try {
    const delivered = await deliverSpool(spool, {
      ...(url === undefined ? {} : { url }),
      findKey: (hub) => apiKey ?? env.apiKey ?? findStoredKey(env.configHome, hub),
      hasEnded: ended,
      onProgress: (stored, total) => {
        bar?.setTotal(total);
        bar?.update(stored);
      },
      onRefused: (error, path) => note(`The hub refused a frame: ${error.message} It is kept as ${path}.`),
    });
    return { ...base, ...delivered, isInUse: false, error: null };
  } catch (error) {
    return { ...base, ...NOTHING, isInUse: isSpoolInUse(error), error: explain(error, spool.dir).toWire() };
  } finally {
    bar?.stop();
  }
}

/** What the system has against one spool it has not against the others. */
function explain(error: unknown, dir: string): TailboneError {
  if (error instanceof TailboneError) return error;
  if (!(error instanceof Error && "code" in error)) throw error;
  return new TailboneError(
    "unavailable",
    `The spool ${dir} cannot be worked on: ${error.message}.`,
    "It is kept. Mend what the system says, and try again.",
  );
}

function openBar({ project, name, run }: SpoolInfo): SingleBar {
  const format = `${project} / ${name ?? run} {bar} {value}/{total} frames`;
  const bar = new SingleBar({ format, hideCursor: true, stream: process.stderr }, Presets.shades_classic);
  bar.start(0, 0);
  return bar;
}

function tellOutcome(what: string, outcome: Outcome, isQuiet: boolean): void {
  if (isQuiet) printJson(outcome);
  else describeOutcome(what, outcome);
}

function describeOutcome(what: string, outcome: Outcome): void {
  const { frames, refused, damaged, missing, damage, quarantine, kept, error, dir } = outcome;
  if (error !== null) {
    note(`${what} is not delivered: ${error.message}`);
    note(error.hint);
    return;
  }
  const but = [
    ...(refused > 0 ? [`${refused} of them were refused`] : []),
    ...(damaged > 0 ? [`${damaged} of them could not be read`] : []),
    ...(missing > 0 ? [`${missing} points at least are missing, and the run says so`] : []),
  ];
  note(`${what}: ${frames} frames delivered${but.length > 0 ? `; ${but.join(", ")}` : ""}.`);
  for (const { path, from, to } of damage) note(`  damaged: ${path}, bytes ${from} to ${to}`);
  if (quarantine !== null) note(`  What could not be read lies in ${quarantine}.`);
  if (kept !== null) note(`  ${kept}. Once that training has ended, \`tailbone sync --ended ${dir}\` removes it.`);
}
