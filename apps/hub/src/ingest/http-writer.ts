import type { Clock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import { encodeFrame } from "@tailbone/protocol/frame";
import { gatherEntries, type LogEntry } from "@tailbone/protocol/log";
import type { OpenedWriter, OpenRun, OpenWriter } from "@tailbone/protocol/run";
import type { Appended } from "@tailbone/protocol/sockets";
import type { Context } from "@tailbone/services/context";
import { v5 as uuidv5, v7 as uuidv7 } from "uuid";
import type { Address } from "./appender";

export interface HttpWriterOptions {
  readonly openWriter: (ctx: Context, request: OpenWriter) => Promise<OpenedWriter>;
  /** Of any writer, also the hub's own. */
  readonly append: (address: Address, bytes: Uint8Array) => Promise<Appended>;
  readonly clock: Clock;
}

interface Logged {
  readonly run: string;
  readonly entries: readonly LogEntry[];
  /** Whoever numbers the requests: sent again, one is stored once. Null: the hub does. */
  readonly numbered: { readonly writer: string; readonly sequence: number } | null;
}

/**
 * For scripts that speak plain HTTP: they make a run with as little as its project, and log points and records as JSON.
 */
export interface HttpWriter {
  readonly openRun: (ctx: Context, request: OpenRun) => Promise<OpenedWriter>;
  /** Resolves when all entries are committed, in one frame. */
  readonly log: (ctx: Context, logged: Logged) => Promise<Appended>;
}

/** Any id, always the same: with it the hub's own writer of a run is known by the run alone. */
const NAMESPACE = "6f0f0d2c-7c0e-4d36-8b0a-5d6b6e1f6c11";
const ownWriterOf = (run: string): string => uuidv5(run, NAMESPACE);

/**
 * Nobody but the hub numbers the frames of its own writers: what somebody else sent in between would be taken for a
 * repeat. Throws `conflict`.
 */
export function refuseOwnWriter({ run, writer }: { run: string; writer: string }): void {
  if (writer !== ownWriterOf(run)) return;
  throw new TailboneError(
    "conflict",
    "That is the hub's own writer of this run.",
    "Open a writer with an id that you make yourself: POST /api/v1/runs with `run` and `writer`.",
  );
}

/** Runs whose next sequence is remembered; of others it is asked for. */
const REMEMBERED = 1000;

export function createHttpWriter({ openWriter, append, clock }: HttpWriterOptions): HttpWriter {
  /** The last request under way of each run: each needs to know what the one before has come to. They never reject. */
  const turns = new Map<string, Promise<void>>();
  /** The next sequence of the hub's own writers. */
  const known = new Map<string, number>();

  function appendEntries(address: Address, sequence: number, entries: readonly LogEntry[]): Promise<Appended> {
    const nowMs = clock.wallMs();
    return append(address, encodeFrame({ sequence, sealedAtMs: nowMs, ...gatherEntries(entries, nowMs) }));
  }

  async function openOwn(ctx: Context, run: string): Promise<number> {
    // The run is there, in whatever project.
    const request = { run, writer: ownWriterOf(run), project: "-", mode: "resume" as const, config: {}, tags: [] };
    return (await openWriter(ctx, { ...request, startedAtMs: clock.wallMs() })).next;
  }

  async function appendNext(ctx: Context, run: string, entries: readonly LogEntry[]): Promise<Appended> {
    const team = ctx.team.id;
    const key = `${team}/${run}`;
    const sequence = known.get(key) ?? (await openOwn(ctx, run));
    // Forgotten until it is answered: what fails may have been committed all the same.
    known.delete(key);
    const appended = await appendEntries({ team, run, writer: ownWriterOf(run) }, sequence, entries);
    known.set(key, appended.next);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return appended;
  }

  return {
    openRun: (ctx, request) => {
      const run = request.run ?? uuidv7();
      const { writer = ownWriterOf(run), startedAtMs = clock.wallMs() } = request;
      return openWriter(ctx, { ...request, run, writer, startedAtMs });
    },
    log: (ctx, { run, entries, numbered }) => {
      const team = ctx.team.id;
      if (numbered !== null) {
        const address = { team, run, writer: numbered.writer };
        refuseOwnWriter(address);
        return appendEntries(address, numbered.sequence, entries);
      }
      const key = `${team}/${run}`;
      const answered = (turns.get(key) ?? Promise.resolve()).then(() => appendNext(ctx, run, entries));
      const turn = answered
        .then(
          () => {},
          () => {},
        )
        .then(() => {
          if (turns.get(key) === turn) turns.delete(key);
        });
      turns.set(key, turn);
      return answered;
    },
  };
}
