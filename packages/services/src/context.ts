import type { Database } from "@tailbone/db/server/database";
import type { Alert, ChannelTarget } from "@tailbone/protocol/rules";
import type { Caller } from "./caller";

/** What only a running hub has. */
export interface HubTools {
  /** How much one team may take; each throws `rate_limited`. */
  readonly quotas: {
    readonly admitRun: (team: string) => void;
    readonly admitRule: (team: string) => void;
    readonly settings: { readonly rulesPerTeam: number; readonly channelsPerTeam: number };
  };
  /** Sends one alert to one channel at once, as that delivery. */
  readonly send: (target: ChannelTarget, alert: Alert, delivery: string) => Promise<void>;
}

/** What a verb works with: who asks and for which team, the time, the store. */
export interface Context extends Caller {
  readonly db: Database;
  /** By the wall's clock. */
  readonly nowMs: number;
  readonly hub: HubTools;
}
