import { z } from "zod";
import type { WireError } from "./errors";
import { appendedSchema } from "./http";
import { runIdSchema, writerIdSchema } from "./names";
import { savedPageSchema } from "./page-state/saved";
import { alertSchema } from "./rules";
import { epochSchema, legSchema, openedWriterSchema, openWriterSchema, runSchema } from "./run";

/**
 * Every Socket.IO event of Tailbone, in one table that both ends take their types from. Requests are answered through
 * their callback; payloads from a client are parsed with their schemas before anything else happens.
 */

export type Reply<T> = { ok: true; value: T } | { ok: false; error: WireError };

export const INGEST_NAMESPACE = "/ingest";
export const LIVE_NAMESPACE = "/live";

/** `auth` of the handshake. `/ingest` needs a key; `/live` takes a key or the session cookie. */
export const handshakeSchema = z.object({
  protocol: z.number().int(),
  key: z.string().max(256).optional(),
});
export type Handshake = z.infer<typeof handshakeSchema>;

/** An encoded frame. */
const frameBytesSchema: z.ZodType<Uint8Array> = z.instanceof(Uint8Array);

// --- /ingest: a writer appends -------------------------------------------------------------------------------------

export const writerAddressSchema = z.object({ run: runIdSchema, writer: writerIdSchema });
export type WriterAddress = z.infer<typeof writerAddressSchema>;

export { openWriterSchema };

/** `next` is the sequence the hub expects now: everything below it is committed. */
export type Appended = z.infer<typeof appendedSchema>;

export const INGEST_EVENTS = {
  /** Makes or resumes a run and says where to go on. */
  "writer:open": { takes: [openWriterSchema], answers: openedWriterSchema },
  /** One encoded frame; answered after its transaction has committed. Repeats are answered like the first time. */
  "frame:append": { takes: [writerAddressSchema, frameBytesSchema], answers: appendedSchema },
  /** The writer lives, though it has nothing to say. */
  "writer:beat": { takes: [writerAddressSchema], answers: null },
} as const;

// --- /live: a viewer follows ---------------------------------------------------------------------------------------

/**
 * `offset`: how many frames of the run the viewer has; null when it has nothing yet. `epoch`: of the answer that it has
 * them from.
 */
export const followRunSchema = z.object({
  run: runIdSchema,
  offset: z.number().int().nonnegative().nullable(),
  epoch: epochSchema.optional(),
});
export type FollowRun = z.infer<typeof followRunSchema>;

export const followProjectSchema = z.object({ project: z.uuid() });
export type FollowProject = z.infer<typeof followProjectSchema>;

export const leaveRunSchema = z.object({ run: z.string() });

/**
 * `offset` is where the stream now stands for this viewer. `resumed`: the frames in between follow as deltas;
 * otherwise the viewer reads the run anew over HTTP and takes deltas from the offset that answer carries.
 */
export const followedSchema = z.object({
  epoch: epochSchema,
  offset: z.number().int().nonnegative(),
  resumed: z.boolean(),
  run: runSchema,
});
export type Followed = z.infer<typeof followedSchema>;

/**
 * Frames `from` (inclusive) to `to` (exclusive) of a run's stream, in commit order, as their writers encoded them, and
 * the leg of each.
 */
export const runDeltaSchema = z.object({
  run: runIdSchema,
  from: z.number().int().nonnegative(),
  to: z.number().int().nonnegative(),
  frames: z.array(frameBytesSchema),
  legs: z.array(legSchema),
});
export type RunDelta = z.infer<typeof runDeltaSchema>;

export const LIVE_EVENTS = {
  "run:follow": { takes: [followRunSchema], answers: followedSchema },
  "run:leave": { takes: [leaveRunSchema], answers: null },
  "project:follow": { takes: [followProjectSchema], answers: z.null() },
  "project:leave": { takes: [followProjectSchema], answers: null },
} as const;

export const pageSavedSchema = z.object({
  project: z.uuid(),
  page: savedPageSchema,
  revision: z.number().int().positive(),
});
export type PageSaved = z.infer<typeof pageSavedSchema>;

export const LIVE_PUSHES = {
  /**
   * Pushed after commit. A viewer that gets a delta whose `from` is beyond its offset has missed one and follows anew.
   */
  "run:delta": runDeltaSchema,
  /** The viewer could not keep up: frames were left out; read the run anew over HTTP, which is bounded in size. */
  "run:reset": z.object({ run: runIdSchema, offset: z.number().int().nonnegative() }),
  /** The run's head (state, name, tags, last values) changed; sent at most a few times a second per run. */
  "run:changed": runSchema,
  "run:deleted": z.object({ run: runIdSchema }),
  /** An alert of the viewer's team; every viewer gets them. */
  "alert:raised": alertSchema,
  "alert:changed": alertSchema,
  /** What the viewer's team keeps of a page was saved: who shows it reads it anew, unless they have this revision. */
  "page:saved": pageSavedSchema,
} as const;

type Requests<Events> = {
  [E in keyof Events]: Events[E] extends { takes: infer Takes; answers: infer Answers }
    ? (...given: [...Payloads<Takes>, ...AnswerOf<Answers>]) => void
    : never;
};
type Payloads<Takes> = Takes extends readonly [infer First extends z.ZodType, ...infer Rest]
  ? [z.infer<First>, ...Payloads<Rest>]
  : [];
type AnswerOf<Answers> = Answers extends z.ZodType ? [answer: (reply: Reply<z.infer<Answers>>) => void] : [];

export type IngestClientEvents = Requests<typeof INGEST_EVENTS>;
export type IngestServerEvents = Record<string, never>;
export type LiveClientEvents = Requests<typeof LIVE_EVENTS>;
export type LiveServerEvents = {
  [E in keyof typeof LIVE_PUSHES]: (value: z.infer<(typeof LIVE_PUSHES)[E]>) => void;
};
