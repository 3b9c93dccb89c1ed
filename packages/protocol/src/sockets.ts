import { z } from "zod";
import type { WireError } from "./errors";
import { runIdSchema, writerIdSchema } from "./names";
import type { Alert } from "./rules";
import { type OpenedWriter, type OpenWriter, openWriterSchema, type Run } from "./run";

/**
 * Every Socket.IO event of Tailbone, typed for both ends. Requests are answered through their callback;
 * payloads from a client are parsed with the schema of the same name before anything else happens.
 */

export type Reply<T> = { ok: true; value: T } | { ok: false; error: WireError };
type Answer<T> = (reply: Reply<T>) => void;

export const INGEST_NAMESPACE = "/ingest";
export const LIVE_NAMESPACE = "/live";

/** `auth` of the handshake. `/ingest` needs a key; `/live` takes a key or the session cookie. */
export const handshakeSchema = z.object({
  protocol: z.number().int(),
  key: z.string().max(256).optional(),
});
export type Handshake = z.infer<typeof handshakeSchema>;

// --- /ingest: a writer appends -------------------------------------------------------------------------------------

export const writerAddressSchema = z.object({ run: runIdSchema, writer: writerIdSchema });
export type WriterAddress = z.infer<typeof writerAddressSchema>;

export { openWriterSchema };

/** `next` is the sequence the hub expects now: everything below it is committed. */
export interface Appended {
  next: number;
}

export interface IngestClientEvents {
  /** Makes or resumes a run and says where to go on. */
  "writer:open": (request: OpenWriter, answer: Answer<OpenedWriter>) => void;
  /** One encoded frame; answered after its transaction has committed. Repeats are answered like the first time. */
  "frame:append": (address: WriterAddress, frame: Uint8Array, answer: Answer<Appended>) => void;
  /** The writer lives, though it has nothing to say. */
  "writer:beat": (address: WriterAddress) => void;
}

export type IngestServerEvents = Record<string, never>;

// --- /live: a viewer follows ---------------------------------------------------------------------------------------

/** `offset`: how many frames of the run the viewer has; null when it has nothing yet. */
export const followRunSchema = z.object({ run: runIdSchema, offset: z.number().int().nonnegative().nullable() });
export type FollowRun = z.infer<typeof followRunSchema>;

export const followProjectSchema = z.object({ project: z.uuid() });
export type FollowProject = z.infer<typeof followProjectSchema>;

/**
 * `offset` is where the stream now stands for this viewer. `resumed`: the frames in between follow as deltas;
 * otherwise the viewer reads the run anew over HTTP and takes deltas from the offset that answer carries.
 */
export interface Followed {
  offset: number;
  resumed: boolean;
  run: Run;
}

/** Frames `from` (inclusive) to `to` (exclusive) of a run's stream, in commit order, as their writers encoded them. */
export interface RunDelta {
  run: string;
  from: number;
  to: number;
  frames: Uint8Array[];
}

export interface LiveClientEvents {
  "run:follow": (request: FollowRun, answer: Answer<Followed>) => void;
  "run:leave": (request: { run: string }) => void;
  "project:follow": (request: FollowProject, answer: Answer<null>) => void;
  "project:leave": (request: FollowProject) => void;
}

export interface LiveServerEvents {
  /** Pushed after commit. A viewer that gets a delta whose `from` is beyond its offset has missed one and follows anew. */
  "run:delta": (delta: RunDelta) => void;
  /** The viewer could not keep up: frames were left out; read the run anew over HTTP, which is bounded in size. */
  "run:reset": (reset: { run: string; offset: number }) => void;
  /** The run's head (state, name, tags, last values) changed; sent at most a few times a second per run. */
  "run:changed": (run: Run) => void;
  "run:deleted": (deleted: { run: string }) => void;
  /** An alert of the viewer's team; every viewer gets them. */
  "alert:raised": (alert: Alert) => void;
  "alert:changed": (alert: Alert) => void;
}
