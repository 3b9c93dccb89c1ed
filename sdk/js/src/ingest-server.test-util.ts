import { createServer } from "node:http";
import { TailboneError } from "@tailbone/protocol/errors";
import { decodeFrame, type Frame, sequenceBehind } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";
import type { OpenWriter } from "@tailbone/protocol/run";
import { INGEST_NAMESPACE, type IngestClientEvents, type IngestServerEvents } from "@tailbone/protocol/sockets";
import { Server } from "socket.io";
import { v7 as uuidv7 } from "uuid";

/** One writer's frames as the server has committed them. */
export interface StoredWriter {
  readonly request: OpenWriter;
  readonly frames: Frame[];
}

export interface Faults {
  /** Throws what a connection with that handshake is to be told instead of being let in. */
  onConnect?: (handshake: Record<string, unknown>) => void;
  /** Throws what the writer is to be told instead of `writer:open`'s answer. */
  onOpen?: (request: OpenWriter) => void;
  /**
   * Throws what the writer is to be told, or returns "silent" to give no answer at all; the frame is not stored then.
   */
  onFrame?: (frame: Frame) => "silent" | undefined;
}

/**
 * A Socket.IO server that takes frames as the hub does, in memory: each once, in order, refusing what is wrong. Tests
 * bring it into every trouble that a hub can be in.
 */
export class IngestServer {
  readonly writers = new Map<string, StoredWriter>();
  faults: Faults = {};
  key = "tb_right";
  lastStep: number | null = null;
  /** As a hub says it, which changes when its database was restored. */
  epoch: string = uuidv7();
  repeats = 0;
  opens = 0;
  beats = 0;
  #io: Server<IngestClientEvents, IngestServerEvents> | null = null;
  #port = 0;
  readonly #waiting = new Set<() => void>();

  static async start(): Promise<IngestServer> {
    const server = new IngestServer();
    await server.listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Serves, on the port that it had before. */
  async listen(): Promise<void> {
    const http = createServer();
    const io = new Server<IngestClientEvents, IngestServerEvents>(http, { maxHttpBufferSize: 8 << 20 });
    io.of(INGEST_NAMESPACE).use((socket, next) => {
      const reply = this.#answer(() => {
        this.faults.onConnect?.(socket.handshake.auth);
        if (socket.handshake.auth.key === this.key) return;
        throw new TailboneError("unauthenticated", "The key is not known.", "Make a new one.");
      });
      next(reply.ok ? undefined : Object.assign(new Error(reply.error.message), { data: reply.error }));
    });
    io.of(INGEST_NAMESPACE).on("connection", (socket) => {
      socket.on("writer:open", (request, answer) => answer(this.#answer(() => this.#open(request))));
      socket.on("writer:beat", () => {
        this.beats++;
        this.#changed();
      });
      socket.on("frame:append", ({ writer }, bytes, answer) => {
        const reply = this.#answer(() => this.#append(writer, new Uint8Array(bytes)));
        if (reply.ok && reply.value === null) return;
        if (reply.ok) answer({ ok: true, value: { epoch: this.epoch, next: reply.value ?? 0 } });
        else answer(reply);
        this.#changed();
      });
    });
    await new Promise<void>((resolve) => http.listen(this.#port, "127.0.0.1", resolve));
    const address = http.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
    this.#io = io;
  }

  /** Goes away, with every connection. */
  async close(): Promise<void> {
    await this.#io?.close();
    this.#io = null;
  }

  /** Cuts every connection; who was connected may come back. */
  cut(): void {
    this.#io?.of(INGEST_NAMESPACE).disconnectSockets(true);
  }

  /**
   * As if its database had been restored: of each writer there are only the first `count` frames, of none with 0 frames
   * anything.
   */
  restore(count: number): void {
    for (const [id, { frames }] of this.writers) {
      frames.splice(count);
      if (count === 0) this.writers.delete(id);
    }
    this.epoch = uuidv7();
  }

  /** All frames, writer after writer. */
  frames(): Frame[] {
    return [...this.writers.values()].flatMap(({ frames }) => frames);
  }

  /** All points of a series as [step, value], in the order in which they came. */
  points(series: string): [step: number, value: number][] {
    return this.frames().flatMap(({ groups }) =>
      groups.flatMap(({ names, steps, values }) => {
        const column = values[names.indexOf(series)];
        return column === undefined
          ? []
          : Array.from(steps, (step, i): [number, number] => [step, column[i] ?? Number.NaN]);
      }),
    );
  }

  records<T extends RunRecord["type"]>(type: T): Extract<RunRecord, { type: T }>[] {
    return this.frames().flatMap(({ records }) =>
      records.filter((record): record is Extract<RunRecord, { type: T }> => record.type === type),
    );
  }

  /** Resolves as soon as `holds` does; it is asked after everything that comes in. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #changed(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #answer<T>(action: () => T): { ok: true; value: T } | { ok: false; error: ReturnType<TailboneError["toWire"]> } {
    try {
      return { ok: true, value: action() };
    } catch (error) {
      if (!(error instanceof TailboneError)) throw error;
      return { ok: false, error: error.toWire() };
    }
  }

  #open(request: OpenWriter) {
    this.opens++;
    this.faults.onOpen?.(request);
    let stored = this.writers.get(request.writer);
    if (stored === undefined) {
      stored = { request, frames: [] };
      this.writers.set(request.writer, stored);
    }
    this.#changed();
    const { run, name = "quiet-owl", project } = request;
    const pointsThrough = stored.frames.length === 0 ? 0 : (stored.frames.at(-1)?.pointsThrough ?? null);
    return {
      epoch: this.epoch,
      run,
      name,
      project,
      next: nextOf(stored),
      pointsThrough,
      lastStep: this.lastStep,
      path: `/runs/${run}`,
    };
  }

  /** The sequence expected next; null when the writer is to get no answer. */
  #append(writer: string, bytes: Uint8Array): number | null {
    const stored = this.writers.get(writer);
    if (stored === undefined) throw new TailboneError("not_found", "The writer was not opened.", "Open it.");
    const frame = decodeFrame(bytes);
    if (this.faults.onFrame?.(frame) === "silent") return null;
    const expected = nextOf(stored);
    if (frame.sequence > expected) throw new TailboneError("sequence_gap", "A gap.", "Go back.", { expected });
    if (frame.sequence < expected) this.repeats++;
    else stored.frames.push(frame);
    return nextOf(stored);
  }
}

/** The sequence that is expected next. */
function nextOf({ frames }: StoredWriter): number {
  const last = frames.at(-1);
  return last === undefined ? 0 : sequenceBehind(last);
}
