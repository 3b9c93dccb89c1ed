import { createHash, randomBytes } from "node:crypto";

/** What the link of an invitation carries. */
export const makeToken = (): string => randomBytes(32).toString("base64url");

export const hashToken = (token: string): string => createHash("sha256").update(token).digest("base64url");
