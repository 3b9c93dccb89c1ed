import { hubAway } from "@tailbone/client/call-hub";
import { LiveConnection } from "@tailbone/client/live-connection";
import type { FeedReader } from "@tailbone/client/run-feed";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Frame } from "@tailbone/protocol/frame";
import { toWireNumber } from "@tailbone/protocol/json";
import type { Run } from "@tailbone/protocol/run";
import { findHub, type HubOptions } from "./hub-client";
import { formatNumber, note, oneLine, print, printJson } from "./output";

export interface TailOptions extends HubOptions {
  readonly json?: boolean;
}

const isOver = ({ state }: Run): boolean => state === "finished" || state === "failed" || state === "crashed";
const titleOf = ({ project, name }: Run): string => `${oneLine(project.name)} / ${oneLine(name)}`;

/** Prints what a run logs from now on, until it ends; with `json` one object a line. Throws what the hub has against it. */
export async function tailRun(run: string, { json = false, ...options }: TailOptions): Promise<void> {
  const hub = findHub(options);
  const write = json ? writeJson : printWords;
  let connection: LiveConnection | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const opened = new LiveConnection({ hub, onTurnedAway: reject });
      connection = opened;
      let head: Run | null = null;
      let offset: number | null = null;
      const reader: FeedReader = {
        oldest: () => offset,
        take: (frames, from) => {
          for (const frame of frames) write(frame);
          offset = from + frames.length;
          endIfOver();
        },
        reload: (below) => {
          if (offset !== null && offset < below) note("The connection was away too long; some points are not shown.");
          offset = below;
          endIfOver();
          return false;
        },
      };
      const endIfOver = (): void => {
        if (head === null || offset === null || !isOver(head) || offset < head.offset) return;
        if (!json) note(`${titleOf(head)} is ${head.state}.`);
        resolve();
      };
      opened.onRun((newest) => {
        if (newest.id !== run) return;
        if (head === null && !json) note(`${titleOf(newest)} (${newest.state})`);
        head = newest;
        endIfOver();
      });
      opened.onDenied((_, error) => reject(error));
      opened.onDeleted((deleted) => {
        if (deleted !== run) return;
        reject(new TailboneError("gone", `The run ${run} was deleted.`, "Nothing more will come."));
      });
      opened.subscribe(() => {
        const state = opened.state();
        if (state.name !== "offline") return;
        if (head === null) reject(hubAway(hub, state.reason));
        else note(`The hub is away${state.reason === null ? "" : ` (${state.reason})`}; trying again …`);
      });
      opened.followRun(run).feed.attach(reader);
      opened.open();
    });
  } finally {
    connection?.close();
  }
}

interface Row {
  readonly step: number;
  readonly timeMs: number;
  readonly values: readonly [name: string, value: number][];
}

function* rowsOf({ groups }: Frame): Generator<Row> {
  for (const { names, steps, timesMs, values } of groups) {
    for (const [index, step] of steps.entries()) {
      const row = names.map((name, series): [string, number] => [name, values[series]?.[index] ?? Number.NaN]);
      yield { step, timeMs: timesMs[index] ?? Number.NaN, values: row };
    }
  }
}

function writeJson(frame: Frame): void {
  for (const { step, timeMs, values } of rowsOf(frame)) {
    const metrics = Object.fromEntries(values.map(([name, value]) => [name, toWireNumber(value)]));
    printJson({ type: "points", step, timeMs, metrics });
  }
  for (const record of frame.records) printJson(record);
}

function printWords(frame: Frame): void {
  for (const { step, values } of rowsOf(frame)) {
    print(`step ${step}  ${values.map(([name, value]) => `${oneLine(name)} ${formatNumber(value)}`).join("  ")}`);
  }
  for (const record of frame.records) {
    if (record.type === "console") {
      for (const line of record.text.split(/\r\n|\r|\n/)) print(`${record.stream === "stderr" ? "!" : "|"} ${line}`);
    } else if (record.type === "alert") print(`alert (${record.level}): ${oneLine(record.title)}`);
    else if (record.type === "checkpoint") print(`checkpoint at step ${record.step}`);
    else if (record.type === "dropped") print(`${record.points} points were dropped (${record.reason})`);
  }
}
