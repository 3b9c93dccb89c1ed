import type { Clock } from "@tailbone/base/clock";
import { findUser } from "@tailbone/db/access/accounts";
import { findOwner } from "@tailbone/db/access/teams";
import { getRun } from "@tailbone/db/read/get-run";
import { readAlerts } from "@tailbone/db/rules/alerts";
import { type Database, pingDatabase } from "@tailbone/db/server/database";
import { SilenceWatch } from "@tailbone/db/server/silence-watch";
import { TailboneError } from "@tailbone/protocol/errors";
import { runPath } from "@tailbone/protocol/page-paths";
import type { Caller } from "@tailbone/services/caller";
import type { Context, From, HubContext, HubTools } from "@tailbone/services/context";
import { openWriter } from "@tailbone/services/writers/open-writer";
import type { Send } from "./alerts/sender";
import { createAdmissions } from "./auth/admissions";
import { createAuth } from "./auth/auth";
import type { MailInvitation } from "./auth/invitation-mail";
import { createKeys } from "./auth/keys";
import type { Origins } from "./auth/origins";
import { createPasswords } from "./auth/passwords";
import { createResolveCaller } from "./auth/resolve-caller";
import { createSecurityLog } from "./auth/security-log";
import { createAppender } from "./ingest/appender";
import { createEpoch } from "./ingest/epoch";
import { createHttpWriter } from "./ingest/http-writer";
import { createLive } from "./live/live";
import type { Log } from "./log";
import { createMetrics } from "./metrics";
import { createPerform } from "./perform";
import { createPublish } from "./publish";
import { createQuotas, type QuotaSettings } from "./quotas";
import type { Services } from "./services";

export interface ServicesOptions {
  readonly db: Database;
  /** Whether this is the one hub of the database, as far as is known. */
  readonly holdsDatabase: () => boolean;
  readonly clock: Clock;
  /** The database's, as it is now. */
  readonly epoch: string;
  readonly secret: string;
  readonly origins: Origins;
  readonly log: Log;
  readonly wakeDispatcher: () => void;
  readonly quotas: QuotaSettings;
  readonly send: Send;
  readonly mailInvitation: MailInvitation;
}

/** How long it takes to get the database's lock again, where nothing is in the way. */
const RETAKE_MS = 500;

/** Puts the parts of a hub together: who may enter, the way in for frames, the way out to viewers. */
export function createServices({
  db,
  holdsDatabase,
  quotas: quotaSettings,
  send,
  mailInvitation,
  clock,
  epoch: initialEpoch,
  secret,
  origins,
  log,
  wakeDispatcher,
}: ServicesOptions): Services {
  const metrics = createMetrics();
  const quotas = createQuotas(quotaSettings, clock);
  const admissions = createAdmissions();
  const auth = createAuth({ db, secret, origins, admissions, log });
  const keys = createKeys(db, log, clock);
  const securityLog = createSecurityLog(db, log);
  const live = createLive({
    readHead: (team, run) => getRun(db, { team, run }),
    perform: (ctx, verb, input) => perform(ctx, verb, input),
    contextOf,
    epoch: () => epoch.current,
    metrics,
    log,
  });
  const epoch = createEpoch({ db, epoch: initialEpoch, onRestored: () => live.restored(), clock, log });
  const publish = createPublish({
    readAlerts: (team, ids) => readAlerts(db, { team, ids, limit: ids.length }),
    live,
    epoch,
    keys,
    admissions,
    securityLog,
    wakeDispatcher,
    log,
  });
  const perform = createPerform(publish);
  function requireHold(): void {
    if (holdsDatabase()) return;
    throw new TailboneError(
      "unavailable",
      "The hub has lost its hold on the database, and is taking it again.",
      "Try again in a moment. Writers do so by themselves, and lose nothing.",
      { retryAfterMs: RETAKE_MS },
    );
  }
  const appender = createAppender({ db, requireHold, publish, epoch: () => epoch.current, quotas, clock, metrics });
  const hub: HubTools = {
    quotas,
    send,
    mailInvitation,
    origin: origins.public,
    passwords: createPasswords(auth, securityLog),
  };
  const NOWHERE: From = { address: null, agent: null };
  function hubContext(from = NOWHERE): HubContext {
    return { db, nowMs: clock.wallMs(), from, hub };
  }
  function contextOf(caller: Caller, from: From): Context {
    return { ...caller, ...hubContext(from) };
  }
  const open: Services["openWriter"] = async (ctx, request) => {
    requireHold();
    return { ...(await perform(ctx, openWriter, request)), path: runPath(request.run), epoch: epoch.current };
  };
  return {
    pingDatabase: () => pingDatabase(db),
    findOwner: () => findOwner(db),
    findUser: (by) => findUser(db, by),
    clock,
    auth,
    keys,
    origins,
    secret,
    admissions,
    securityLog,
    resolveCaller: createResolveCaller(db, auth, keys),
    openWriter: open,
    appender,
    httpWriter: createHttpWriter({ openWriter: open, append: appender.append, clock }),
    live,
    contextOf,
    hubContext,
    silence: new SilenceWatch(),
    perform,
    metrics,
    log,
  };
}
