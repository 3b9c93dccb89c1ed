import type { Clock } from "@tailbone/base/clock";
import type { Database } from "@tailbone/db/server/database";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import type { Appended } from "@tailbone/protocol/sockets";
import type { Context } from "@tailbone/services/context";
import type { Admissions } from "./auth/admissions";
import type { Auth } from "./auth/auth";
import type { MailInvitation } from "./auth/invitation-mail";
import type { Keys } from "./auth/keys";
import type { Origins } from "./auth/origins";
import type { ResolveCaller } from "./auth/resolve-caller";
import type { SecurityLog } from "./auth/security-log";
import type { Address, Appender } from "./ingest/appender";
import type { HttpWriter } from "./ingest/http-writer";
import type { Live } from "./live/live";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import type { ContextOf, Perform, Publish } from "./perform";
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
  readonly openWriter: (ctx: Context, request: OpenWriter) => Promise<OpenedWriter>;
  readonly appender: Appender;
  /** Commits one frame, and answers as a writer is to be answered. Throws what it is to be told. */
  readonly appendFrame: (address: Address, bytes: Uint8Array) => Promise<Appended>;
  /** For scripts that send JSON. */
  readonly httpWriter: HttpWriter;
  readonly quotas: Quotas;
  readonly live: Live;
  readonly contextOf: ContextOf;
  readonly perform: Perform;
  readonly publish: Publish;
  /** The outbox has something that is due. */
  readonly wakeDispatcher: () => void;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What the HTTP API needs besides. */
export interface ApiServices extends Services {
  readonly mailInvitation: MailInvitation;
}
