import { callHub, type HubAddress, type HubRequest } from "@tailbone/client/call-hub";
import { TailboneError } from "@tailbone/protocol/errors";
import type { z } from "zod";

/** The hub that this page came from; the session's cookie says who asks. */
export const hub: HubAddress = {
  url: "",
  hints: {
    away: "Is Tailbone still running? This page goes on by itself when it is back.",
    foreign: "Reload the page; if that does not help, hub and dashboard are of different releases.",
  },
};

/** Asks the hub; throws TailboneError. `path` begins behind `/api/v1`. */
export const callApi = <Schema extends z.ZodType>(
  schema: Schema,
  path: string,
  request?: HubRequest,
): Promise<z.infer<Schema>> => callHub(hub, schema, path, request);

/** Any failure as people are told of it. */
export function toTailboneError(error: unknown): TailboneError {
  if (error instanceof TailboneError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new TailboneError("internal", `This page failed: ${said}.`, "Reload it. If it happens again, it is a bug.");
}
