import { join } from "node:path";
import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import { runPath } from "@tailbone/protocol/page-paths";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import { createDisabledRun } from "./disabled-run";
import { type CheckedOptions, type InitOptions, parseInitOptions } from "./init-options";
import { say } from "./own-output";
import { allocateRing } from "./ring/layout";
import { RingWriter } from "./ring/ring-writer";
import type { Run } from "./run";
import { removeSpool } from "./spool/remove-spool";
import { TrainingRun } from "./training-run";
import { WriterThread } from "./writer-thread";

/** How long `init` waits for the hub before the training goes on without it. */
const PATIENCE_MS = 2000;

/**
 * Starts a run. It is the one call that throws, with a TailboneError that says what to do: options that make no sense,
 * a key that the hub refuses, a run to resume that is not there, another release of the hub, a spool that cannot be
 * written. When the hub is not within reach for 2 s, it says so and the training goes on: what is logged is kept on
 * disk and delivered when the hub comes.
 */
export async function init(options: InitOptions): Promise<Run> {
  const checked = parseInitOptions(options);
  const id = checked.id ?? uuidv7();
  if (checked.mode === "disabled") return createDisabledRun(id, checked.name ?? id, checked.project);
  const request = openRequest(id, checked);
  const shared = allocateRing();
  const ring = RingWriter.over(shared);
  const spoolDir = join(checked.spoolRoot, id, request.writer);
  const { url, mode, apiKey, configHome, spoolRoot, system } = checked;
  const thread = new WriterThread(
    {
      ring: shared,
      spoolRoot,
      url,
      mode,
      apiKey,
      configHome,
      request,
      command: process.argv.join(" "),
      systemEveryMs: system,
    },
    ring,
  );
  let opened: OpenedWriter | null = null;
  try {
    const outcome = await thread.open(mode === "offline" ? 0 : PATIENCE_MS);
    if ("opened" in outcome) opened = outcome.opened;
    else if (mode === "online") {
      say(
        `the hub at ${url} cannot be reached (${outcome.away}). The training goes on; what it logs is kept in ${spoolDir} and delivered when the hub is there.`,
      );
    }
    if (opened !== null) refuseExisting(checked, opened);
  } catch (error) {
    await thread.stop();
    removeSpool(spoolDir);
    throw error;
  }
  thread.markStarted();
  const run = new TrainingRun({
    id,
    name: opened?.name ?? checked.name ?? id,
    project: checked.project,
    lastStep: opened?.lastStep ?? null,
    url: `${url}${opened?.path ?? runPath(id)}`,
    ring,
    thread,
    spoolDir,
    mode,
    captureConsole: checked.console,
    finishTimeoutMs: checked.finishTimeoutMs,
    quiet: checked.quiet,
  });
  if (!checked.quiet && opened !== null) say(`${run.project} / ${run.name}: ${run.url}`);
  return run;
}

function openRequest(id: string, options: CheckedOptions): OpenWriter {
  const request: OpenWriter = {
    run: id,
    writer: uuidv7(),
    project: options.project,
    mode: options.resume === true ? "resume" : "create",
    config: options.config,
    tags: [...options.tags],
    startedAtMs: systemClock.wallMs(),
  };
  if (options.name !== undefined) request.name = options.name;
  if (options.totalSteps !== undefined) request.totalSteps = options.totalSteps;
  return request;
}

/** An id that happens to be taken is a slip, unless the script says that it means to go on. */
function refuseExisting({ id, resume }: CheckedOptions, { lastStep, name }: OpenedWriter): void {
  if (id === undefined || resume !== false || lastStep === null) return;
  throw new TailboneError(
    "conflict",
    `The run ${id} exists already (${name}) and has points up to step ${lastStep}.`,
    "To go on with it say init({ id, resume: true }); for a new run leave the id away.",
  );
}
