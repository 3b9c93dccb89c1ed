import { createHmac, timingSafeEqual } from "node:crypto";
import { systemClock } from "@tailbone/base/clock";
import { OWNER_SCHEME, ownerProofText } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Origins } from "./origins";

const GOOD_FOR_MS = 60_000;

interface SignedRequest {
  readonly authorization: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Whether an `Authorization` header claims to know the hub's secret. */
export function isOwnerProof(authorization: string | undefined): authorization is string {
  return authorization?.startsWith(`${OWNER_SCHEME} `) ?? false;
}

/**
 * Checks that a request was signed with the hub's secret, within the last minute, for one of the hub's own origins.
 * Whoever can read the secret in the data folder could read the database too: nothing is given away. Throws
 * `unauthenticated`.
 */
export function checkOwnerProof(secret: string, origins: Origins, request: SignedRequest): void {
  const [, at, proof] = /^\S+ (\d{1,16})\.([0-9a-f]{64})$/.exec(request.authorization) ?? [];
  const atMs = Number(at);
  const isRecent = Math.abs(systemClock.wallMs() - atMs) <= GOOD_FOR_MS;
  const given = Buffer.from(proof ?? "", "hex");
  const { method, path, body } = request;
  const isSigned = [...origins.allowed].some((origin) => {
    const text = ownerProofText({ origin, method, path, body, atMs });
    const right = createHmac("sha256", secret).update(text).digest();
    return right.length === given.length && timingSafeEqual(right, given);
  });
  if (isRecent && isSigned) return;
  throw new TailboneError(
    "unauthenticated",
    "The request is not signed with this hub's secret.",
    "Name the hub's own data folder in TAILBONE_DATA, and see that the clocks agree; or make the key in the dashboard.",
  );
}
