import { TailboneError, type WireError } from "@tailbone/protocol/errors";
import { v7 as uuidv7 } from "uuid";
import { ZodError } from "zod";
import type { Log } from "./log";

/** Errors of sockets and of PostgreSQL (class 57 and 08) that mean: the database is not there at the moment. */
const DATABASE_AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08000",
  "08001",
  "08003",
  "08004",
  "08006",
]);
const DATABASE_FULL = new Set(["53100", "53200", "ENOSPC"]);

/** Codes of an error and of what caused it, outermost first. */
function* codesOf(error: unknown): Generator<string> {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if ("code" in each && typeof each.code === "string") yield each.code;
    if (each instanceof AggregateError) for (const one of each.errors) yield* codesOf(one);
  }
}

/** The expected failure that an error stands for, or null when it is a bug. */
export function expectedFailure(error: unknown): TailboneError | null {
  if (error instanceof TailboneError) return error;
  if (error instanceof ZodError) return fromZodError(error);
  for (const code of codesOf(error)) {
    if (DATABASE_AWAY.has(code)) return databaseAway(error);
    if (DATABASE_FULL.has(code)) {
      return new TailboneError(
        "storage_full",
        "The database has no room left; nothing of this request was stored.",
        "Free space on the database's disk. Writers keep their frames and send them again by themselves.",
        { cause: error },
      );
    }
  }
  return null;
}

export function databaseAway(cause: unknown): TailboneError {
  return new TailboneError(
    "unavailable",
    "The database does not answer at the moment.",
    "Try again in a few seconds. Writers do so by themselves; nothing that was logged is lost.",
    { cause },
  );
}

/** `bad_request` that names the first field that does not fit. */
export function fromZodError(error: ZodError): TailboneError {
  const issue = error.issues[0];
  const field = issue?.path.join(".") ?? "";
  return new TailboneError(
    "bad_request",
    field === "" ? `The request is not understood: ${issue?.message}.` : `${field}: ${issue?.message}.`,
    "Correct the field and send the request again; /api/v1/openapi.json describes every request.",
    { cause: error },
  );
}

/**
 * The one place where an error becomes what a peer is told. What was not expected is logged in full under an id, and
 * the peer is told the id alone.
 */
export function toWireError(error: unknown, log: Log): WireError {
  const expected = expectedFailure(error);
  if (expected !== null) {
    if (expected.code === "unavailable" || expected.code === "storage_full") log.warn({ err: error }, expected.message);
    return expected.toWire();
  }
  const id = uuidv7();
  log.error({ err: error, id }, "a request failed unexpectedly");
  return {
    code: "internal",
    message: "The hub failed to handle this request.",
    hint: `The hub's log has the details under the id ${id}.`,
    id,
  };
}
