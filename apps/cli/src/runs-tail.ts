import { callHub, type HubAddress, hubAway } from "@tailbone/client/call-hub";
import { LiveConnection } from "@tailbone/client/live-connection";
import type { FeedReader, RunFeed } from "@tailbone/client/run-feed";
import type { LiveFrame } from "@tailbone/client/stream";
import { TailboneError } from "@tailbone/protocol/errors";
import { isSettled, type Run, runDetailSchema } from "@tailbone/protocol/run";
import { findHub, type HubOptions } from "./hub-client";
import { note, oneLine } from "./output";
import { TailPoints } from "./tail-points";
import { jsonPrinter, type TailPrinter, wordPrinter } from "./tail-printer";
import { TailRecords } from "./tail-records";

export interface TailOptions extends HubOptions {
  readonly json?: boolean;
}

const titleOf = ({ project, name }: Run): string => `${oneLine(project.name)} / ${oneLine(name)}`;

/**
 * Prints what a run logs from now on, until it ends; with `json` one object a line. What was missed while the hub was
 * away is read anew. Throws what the hub has against it.
 */
export async function tailRun(run: string, { json = false, ...options }: TailOptions): Promise<void> {
  const hub = findHub(options);
  const first: Run = await callHub(hub, runDetailSchema, `/runs/${run}`);
  if (!json) note(`${titleOf(first)} (${first.state})`);
  const last = isSettled(first) ? first : await follow(hub, first, json ? jsonPrinter : wordPrinter);
  if (!json) note(`${titleOf(last)} is ${last.state}.`);
}

/** Resolves with the run's head once it has ended and all of it is printed. */
async function follow(hub: HubAddress, first: Run, printer: TailPrinter): Promise<Run> {
  const run = first.id;
  let close = (): void => {};
  try {
    return await new Promise<Run>((resolve, reject) => {
      const connection = new LiveConnection({ hub, onTurnedAway: reject });
      const { feed } = connection.followRun(run);
      let head = first;
      const endIfOver = (): void => {
        if (isSettled(head) && tail.hasAll(head.offset)) resolve(head);
      };
      const tail = new Tail(feed, { hub, run, printer, onProgress: endIfOver, onFailed: reject });
      close = () => {
        tail.close();
        connection.close();
      };
      connection.onRun((newest) => {
        if (newest.id !== run) return;
        head = newest;
        endIfOver();
      });
      connection.onDenied((_, error) => reject(error));
      connection.onDeleted((deleted) => {
        if (deleted !== run) return;
        reject(new TailboneError("gone", `The run ${run} was deleted.`, "Nothing more will come."));
      });
      let wasLive = false;
      connection.subscribe(() => {
        const { name } = connection.state();
        if (name === "offline" && !wasLive) reject(hubAway(hub, null));
        else if (name === "offline") note("The hub is away; trying again …");
        wasLive ||= name === "live";
      });
      connection.open();
    });
  } finally {
    close();
  }
}

interface TailSetting {
  readonly hub: HubAddress;
  readonly run: string;
  readonly printer: TailPrinter;
  /** More of the run is printed. */
  readonly onProgress: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** Prints a run's stream, each frame once; where frames were left out, what they held is read over HTTP. */
class Tail implements FeedReader {
  readonly #feed: RunFeed;
  readonly #setting: TailSetting;
  readonly #points: TailPoints;
  readonly #records: TailRecords;
  readonly #abort = new AbortController();
  readonly #detach: () => void;
  /** So many frames are printed; null: what they held is being read. */
  #offset: number | null = null;

  constructor(feed: RunFeed, setting: TailSetting) {
    const { hub, run, printer } = setting;
    this.#feed = feed;
    this.#setting = setting;
    this.#points = new TailPoints(hub, run, printer.points);
    this.#records = new TailRecords(hub, run, printer.record);
    this.#detach = feed.attach(this);
    void this.#read(false);
  }

  hasAll(offset: number): boolean {
    return this.#offset !== null && this.#offset >= offset;
  }

  close(): void {
    this.#abort.abort();
    this.#detach();
  }

  oldest(): number | null {
    return this.#offset;
  }

  take(frames: readonly LiveFrame[], from: number): void {
    if (this.#offset === null) return;
    const end = from + frames.length;
    for (let offset = Math.max(from, this.#offset); offset < end; offset++) {
      const frame = frames[offset - from];
      if (frame === undefined) continue;
      this.#points.take(frame, offset);
      this.#records.take(frame, offset);
    }
    this.#offset = Math.max(this.#offset, end);
    this.#setting.onProgress();
  }

  reload(below: number): boolean {
    if (this.#offset === null || this.#offset >= below) return false;
    void this.#read(true);
    return true;
  }

  async #read(isGap: boolean): Promise<void> {
    this.#offset = null;
    const found = { read: 0, lost: 0 };
    const request = async (signal: AbortSignal): Promise<{ offset: number }> => {
      const points = await this.#points.catchUp(signal);
      const records = await this.#records.catchUp(signal);
      found.read += points.read + records.read;
      found.lost += points.lost;
      return { offset: Math.min(points.offset, records.offset) };
    };
    const accept = ({ offset }: { offset: number }, since: readonly LiveFrame[]): void => {
      if (isGap) note(`The hub was away too long for its stream; ${found.read} points and records were read anew.`);
      if (found.lost > 0) note(`${found.lost} points are not shown: their times lie before those that were.`);
      this.#offset = offset;
      this.take(since, offset);
    };
    await this.#feed.read(request, accept, this.#abort.signal).catch(this.#setting.onFailed);
  }
}
