import { fromWire, RETRYABLE, TailboneError, wireErrorSchema } from "@tailbone/protocol/errors";
import { decodeFrame, type Frame } from "@tailbone/protocol/frame";
import { toWireNumber } from "@tailbone/protocol/json";
import type { Run } from "@tailbone/protocol/run";
import {
  type Followed,
  LIVE_NAMESPACE,
  type LiveClientEvents,
  type LiveServerEvents,
  type Reply,
} from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";
import { findHub, type HubOptions } from "./hub-client";
import { formatNumber, note, oneLine, print, printJson } from "./output";

export interface TailOptions extends HubOptions {
  readonly json?: boolean;
}

const isOver = ({ state }: Run): boolean => state === "finished" || state === "failed" || state === "crashed";

/** Prints what a run logs from now on, until it ends; with `json` one object a line. Throws what the hub has against it. */
export async function tailRun(run: string, { json = false, ...options }: TailOptions): Promise<void> {
  const hub = findHub(options);
  const socket: Socket<LiveServerEvents, LiveClientEvents> = io(`${hub.url}${LIVE_NAMESPACE}`, {
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    auth: { protocol: PROTOCOL_VERSION, key: hub.key },
  });
  const write = json ? writeJson : printWords;
  let offset: number | null = null;
  let epoch: string | null = null;
  try {
    await new Promise<void>((resolve, reject) => {
      const end = (head: Run): void => {
        if (!json) note(`${oneLine(head.project.name)} / ${oneLine(head.name)} is ${head.state}.`);
        resolve();
      };
      socket.on("connect", () => {
        socket.emit("run:follow", { run, offset, ...(epoch === null ? {} : { epoch }) }, (reply: Reply<Followed>) => {
          if (!reply.ok) return reject(fromWire(reply.error));
          const { value } = reply;
          epoch = value.epoch;
          if (offset !== null && !value.resumed) note("The connection was away too long; some points are not shown.");
          else if (offset === null && !json)
            note(`${oneLine(value.run.project.name)} / ${oneLine(value.run.name)} (${value.run.state})`);
          if (!value.resumed || offset === null) offset = value.offset;
          if (isOver(value.run)) end(value.run);
        });
      });
      socket.on("run:delta", ({ to, frames }) => {
        for (const frame of frames) write(decodeFrame(new Uint8Array(frame)));
        offset = to;
      });
      socket.on("run:reset", (reset) => {
        note("Points come faster than they can be shown; some were left out.");
        offset = reset.offset;
      });
      socket.on("run:changed", (head) => {
        if (isOver(head)) end(head);
      });
      socket.on("run:deleted", () =>
        reject(new TailboneError("gone", `The run ${run} was deleted.`, "Nothing more will come.")),
      );
      socket.on("connect_error", (error: Error & { data?: unknown }) => {
        const refusal = wireErrorSchema.safeParse(error.data);
        if (refusal.success && !RETRYABLE[refusal.data.code]) reject(fromWire(refusal.data));
        else if (offset === null) reject(unreachable(hub.url, error));
        else note(`The hub is away (${error.message}); trying again …`);
      });
      socket.on("disconnect", (reason) => {
        if (reason === "io server disconnect") socket.connect();
      });
    });
  } finally {
    socket.disconnect();
  }
}

function unreachable(url: string, cause: Error): TailboneError {
  return new TailboneError(
    "unavailable",
    `The hub at ${url} cannot be reached.`,
    "Start it with `tailbone start`, or name another one with --url or TAILBONE_URL.",
    { cause },
  );
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
