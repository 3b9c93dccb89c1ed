import { z } from "zod";

/**
 * Every expected failure that a peer can be told of, with the HTTP status it maps to.
 * A bug is not in this table: it crashes through an assertion and answers `internal`.
 */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  version_mismatch: 426,
  frame_malformed: 422,
  sequence_gap: 409,
  rate_limited: 429,
  storage_full: 507,
  unavailable: 503,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** True when trying the very same request later can succeed. */
export const RETRYABLE: Record<ErrorCode, boolean> = {
  bad_request: false,
  unauthenticated: false,
  forbidden: false,
  not_found: false,
  conflict: false,
  gone: false,
  too_large: false,
  version_mismatch: false,
  frame_malformed: false,
  sequence_gap: true,
  rate_limited: true,
  storage_full: true,
  unavailable: true,
  internal: true,
};

const errorCodes = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

/** An expected failure on the wire: what happened (`message`) and what to do (`hint`). */
export const wireErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string(),
  /** With `sequence_gap`: the sequence that the hub expects next. */
  expected: z.number().int().nonnegative().optional(),
  /** With `rate_limited` and `unavailable`: how long to wait before the same request is worth sending again. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** With `bad_request`: where in a text that was sent (a filter): characters from (inclusive) to (exclusive). */
  place: z.object({ from: z.number().int().nonnegative(), to: z.number().int().nonnegative() }).optional(),
  /** The id under which the hub's log holds the details. */
  id: z.string().optional(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/** The body of every HTTP error. */
export const errorBodySchema = z.object({ error: wireErrorSchema });

interface TailboneErrorOptions {
  readonly cause?: unknown;
  /** With `sequence_gap`: the sequence that the hub expects next. */
  readonly expected?: number | undefined;
  /** How long to wait before the same request is worth sending again. */
  readonly retryAfterMs?: number | undefined;
  /** Where in a text that was sent. */
  readonly place?: WireError["place"];
}

const BRAND = Symbol.for("tailbone.error");

/**
 * An expected failure inside a process; `toWire` makes it fit for a peer, in the one place where errors are mapped. A
 * process may hold this class more than once, because each bundle has its own: `instanceof` knows an error of any of
 * them.
 */
export class TailboneError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && BRAND in value;
  }

  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly expected: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly place: WireError["place"];

  constructor(code: ErrorCode, message: string, hint: string, options: TailboneErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "TailboneError";
    this.code = code;
    this.hint = hint;
    this.expected = options.expected;
    this.retryAfterMs = options.retryAfterMs;
    this.place = options.place;
  }

  toWire(): WireError {
    const wire: WireError = { code: this.code, message: this.message, hint: this.hint };
    if (this.expected !== undefined) wire.expected = this.expected;
    if (this.retryAfterMs !== undefined) wire.retryAfterMs = this.retryAfterMs;
    if (this.place !== undefined) wire.place = this.place;
    return wire;
  }
}

/** Makes an error that a peer reported one of ours again. */
export function fromWire({ code, message, hint, ...more }: WireError): TailboneError {
  return new TailboneError(code, message, hint, more);
}
