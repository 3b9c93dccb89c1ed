import type { Database } from "@tailbone/db/server/database";
import type { Alert, ChannelTarget } from "@tailbone/protocol/rules";
import type { Caller } from "./caller";

/** From where a request came, as far as that can be known. */
export interface From {
  readonly address: string | null;
  readonly agent: string | null;
}

/** What only a running hub has. */
export interface HubTools {
  /** How much one team may take; each throws `rate_limited`. */
  readonly quotas: {
    readonly admitRun: (team: string) => void;
    readonly admitRule: (team: string) => void;
    readonly admitPageSave: (team: string) => void;
    readonly settings: { readonly rulesPerTeam: number; readonly channelsPerTeam: number };
  };
  /** Sends one alert to one channel at once, as that delivery. */
  readonly send: (target: ChannelTarget, alert: Alert, delivery: string) => Promise<void>;
  /** The hub's address, as people write it. */
  readonly origin: string;
  /** Sends the link of an invitation to the mailbox that it is for; null where the hub has no mail server. */
  readonly mailInvitation: ((to: string, team: string, link: string) => Promise<void>) | null;
  readonly passwords: Passwords;
}

export interface Passwords {
  readonly hash: (password: string) => Promise<string>;
  /** Throws `bad_request` for one that attackers try first. */
  readonly requireUncommon: (password: string, of: { readonly email: string; readonly name: string }) => void;
  /** Whether it is the current one of who asks; it may be guessed at a few times. Throws `rate_limited`. */
  readonly isRight: (ctx: Context, hash: string, password: string) => Promise<boolean>;
}

/** What a verb that nobody asks for as a caller works with: the time, the store, the hub. */
export interface HubContext {
  readonly db: Database;
  /** By the wall's clock. */
  readonly nowMs: number;
  readonly from: From;
  readonly hub: HubTools;
}

/** What a verb works with: besides, who asks, and for which team. */
export interface Context extends Caller, HubContext {}
