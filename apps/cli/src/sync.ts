import { join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import { Presets, SingleBar } from "cli-progress";
import { deliverSpool, findStoredKey, listSpools, readEnvironment, type SpoolInfo } from "tailbone/spool";
import type { HubOptions } from "./hub-client";
import { note, printJson } from "./output";
import { EXIT } from "./report-error";

export interface SyncOptions extends HubOptions {
  readonly skipDamaged?: boolean;
  readonly json?: boolean;
}

/** What became of one spool. */
interface Outcome {
  readonly run: string;
  readonly dir: string;
  readonly frames: number;
  readonly refused: number;
  readonly damaged: number;
  readonly error: { code: string; message: string; hint: string } | null;
}

/** Delivers everything below a folder that no living training owns. Returns the exit code: failed if anything stays behind. */
export async function sync(dir: string | undefined, options: SyncOptions): Promise<number> {
  const root = dir ?? join(readEnvironment().dataDir, "spool");
  const spools = await listSpools(root);
  const left = spools.filter(({ isAlive }) => !isAlive);
  const isQuiet = options.json === true;
  for (const { run, project, name, dir: path } of spools.filter(({ isAlive }) => isAlive)) {
    if (!isQuiet) note(`${project} / ${name ?? run} is still being trained and delivers by itself (${path}).`);
  }
  if (left.length === 0 && !isQuiet) note(`There is nothing to deliver in ${root}.`);
  let exitCode: number = EXIT.ok;
  for (const spool of left) {
    const outcome = await syncOne(spool, options);
    if (outcome.error !== null) exitCode = EXIT.failed;
    if (isQuiet) printJson(outcome);
    else describeOutcome(spool, outcome);
  }
  return exitCode;
}

async function syncOne(spool: SpoolInfo, { url, apiKey, skipDamaged = false, json }: SyncOptions): Promise<Outcome> {
  const env = readEnvironment();
  const bar = process.stderr.isTTY && json !== true ? openBar(spool) : null;
  const base = { run: spool.run, dir: spool.dir };
  try {
    const delivered = await deliverSpool(spool, {
      ...(url === undefined ? {} : { url }),
      findKey: (hub) => apiKey ?? env.apiKey ?? findStoredKey(env.configHome, hub),
      skipDamaged,
      onProgress: (stored, total) => {
        bar?.setTotal(total);
        bar?.update(stored);
      },
      onRefused: (error, path) => note(`The hub refused a frame: ${error.message} It is kept as ${path}.`),
    });
    return { ...base, ...delivered, error: null };
  } catch (error) {
    if (!(error instanceof TailboneError)) throw error;
    const { code, message, hint } = error;
    return { ...base, frames: 0, refused: 0, damaged: 0, error: { code, message, hint } };
  } finally {
    bar?.stop();
  }
}

function openBar({ project, name, run }: SpoolInfo): SingleBar {
  const format = `${project} / ${name ?? run} {bar} {value}/{total} frames`;
  const bar = new SingleBar({ format, hideCursor: true, stream: process.stderr }, Presets.shades_classic);
  bar.start(0, 0);
  return bar;
}

function describeOutcome({ project, name, run }: SpoolInfo, { frames, refused, damaged, error }: Outcome): void {
  const what = `${project} / ${name ?? run}`;
  if (error !== null) {
    note(`${what} is not delivered: ${error.message}`);
    note(error.hint);
    return;
  }
  const but = [
    ...(refused > 0 ? [`${refused} of them were refused`] : []),
    ...(damaged > 0 ? [`${damaged} of them were damaged and are marked as missing`] : []),
  ];
  note(`${what}: ${frames} frames delivered${but.length > 0 ? `; ${but.join(", ")}` : ""}.`);
}
