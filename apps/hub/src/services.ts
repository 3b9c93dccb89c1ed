import type { Clock } from "@tailbone/base/clock";
import type { KnownUser } from "@tailbone/db/access/accounts";
import type { Owner } from "@tailbone/db/access/teams";
import type { SilenceWatch } from "@tailbone/db/server/silence-watch";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import type { Context, From, HubContext } from "@tailbone/services/context";
import type { Admissions } from "./auth/admissions";
import type { Auth } from "./auth/auth";
import type { Keys } from "./auth/keys";
import type { Origins } from "./auth/origins";
import type { ResolveCaller } from "./auth/resolve-caller";
import type { SecurityLog } from "./auth/security-log";
import type { Appender } from "./ingest/appender";
import type { HttpWriter } from "./ingest/http-writer";
import type { Live } from "./live/live";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import type { ContextOf, Perform } from "./perform";

/** What the routes and sockets of one hub work with. */
export interface Services {
  /** Resolves when the database answers. */
  readonly pingDatabase: () => Promise<void>;
  /** Who runs the team that the hub began with. */
  readonly findOwner: () => Promise<Owner | null>;
  readonly findUser: (by: { id: string } | { email: string }) => Promise<KnownUser | null>;
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
  /** For scripts that send JSON. */
  readonly httpWriter: HttpWriter;
  readonly live: Live;
  readonly contextOf: ContextOf;
  /** For what nobody asks for as a caller. */
  readonly hubContext: (from?: From) => HubContext;
  /** What this hub has heard of running runs. */
  readonly silence: SilenceWatch;
  readonly perform: Perform;
  readonly metrics: Metrics;
  readonly log: Log;
}
