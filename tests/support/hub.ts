import type { HubAddress } from "@tailbone/client/call-hub";

/** A hub as tests ask it. */
export const hubAt = (url: string, key: string): HubAddress => ({
  url,
  key,
  hints: { away: "Does the test's hub run?", foreign: "Is it the test's hub?", stranger: "Is it the test's key?" },
});
