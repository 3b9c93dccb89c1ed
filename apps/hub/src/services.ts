import type { Clock } from "@tailbone/base/clock";
import type { Database } from "@tailbone/db/server/database";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import type { Appended } from "@tailbone/protocol/sockets";
import type { Send } from "./alerts/sender";
import type { Admissions } from "./auth/admissions";
import type { Auth } from "./auth/auth";
import type { Caller } from "./auth/caller";
import type { MailInvitation } from "./auth/invitation-mail";
import type { Keys } from "./auth/keys";
import type { Origins } from "./auth/origins";
import type { ResolveCaller } from "./auth/resolve-caller";
import type { SecurityLog } from "./auth/security-log";
import type { Address, Appender } from "./ingest/appender";
import type { Live } from "./live/live";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import type { Quotas } from "./quotas";

/** What the routes and sockets of one hub work with. */
export interface Services {
  readonly db: Database;
  readonly clock: Clock;
  readonly auth: Auth;
  readonly keys: Keys;
  readonly origins: Origins;
  readonly resolveCaller: ResolveCaller;
  /** The hub's secret. */
  readonly secret: string;
  readonly admissions: Admissions;
  readonly securityLog: SecurityLog;
  /** Lets a key that is for one project reach only runs of it: throws `not_found` for others. */
  readonly checkReach: (caller: Caller, run: string) => Promise<void>;
  readonly openWriter: (caller: Caller, request: OpenWriter) => Promise<OpenedWriter>;
  readonly beatWriter: (address: Address) => Promise<void>;
  readonly appender: Appender;
  /** Commits one frame, and answers as a writer is to be answered. Throws what it is to be told. */
  readonly appendFrame: (address: Address, bytes: Uint8Array) => Promise<Appended>;
  readonly quotas: Quotas;
  readonly live: Live;
  /** New alerts of a team were committed. */
  readonly alertsRaised: (team: string, ids: readonly string[]) => void;
  /** The outbox has something that is due. */
  readonly wakeDispatcher: () => void;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What the HTTP API needs besides. */
export interface ApiServices extends Services {
  /** Sends one alert to one channel at once, past the outbox. */
  readonly send: Send;
  readonly mailInvitation: MailInvitation;
}
