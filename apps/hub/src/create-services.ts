import type { Clock } from "@tailbone/base/clock";
import { appendFrames } from "@tailbone/db/append/append-frames";
import { beatWriter } from "@tailbone/db/append/keep-runs";
import { openWriter } from "@tailbone/db/append/open-writer";
import { getRun } from "@tailbone/db/read/get-run";
import { getProject } from "@tailbone/db/read/projects";
import type { Database } from "@tailbone/db/server/database";
import { TailboneError } from "@tailbone/protocol/errors";
import { requireProject } from "./auth/access";
import { createAdmissions } from "./auth/admissions";
import { createAuth } from "./auth/auth";
import { createKeys } from "./auth/keys";
import type { Origins } from "./auth/origins";
import { createResolveCaller } from "./auth/resolve-caller";
import { createSecurityLog } from "./auth/security-log";
import { type Address, createAppender } from "./ingest/appender";
import { createEpoch } from "./ingest/epoch";
import { createLive } from "./live/live";
import type { Log } from "./log";
import { createMetrics } from "./metrics";
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
}

/** How long it takes to get the database's lock again, where nothing is in the way. */
const RETAKE_MS = 500;

/** Puts the parts of a hub together: who may enter, the way in for frames, the way out to viewers. */
export function createServices({
  db,
  holdsDatabase,
  quotas: quotaSettings,
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
    getRun: (team, run) => getRun(db, { team, run }),
    checkProject: async (team, project) => {
      await getProject(db, { team, project });
    },
    epoch: () => epoch.current,
    metrics,
    log,
  });
  const epoch = createEpoch({ db, epoch: initialEpoch, onRestored: () => live.restored(), clock, log });
  const publish = createPublish({ db, live, wakeDispatcher, log });
  function requireHold(): void {
    if (holdsDatabase()) return;
    throw new TailboneError(
      "unavailable",
      "The hub has lost its hold on the database, and is taking it again.",
      "Try again in a moment. Writers do so by themselves, and lose nothing.",
      { retryAfterMs: RETAKE_MS },
    );
  }
  const appender = createAppender({
    commit: async (address, frames) => {
      requireHold();
      const appended = await appendFrames(db, {
        ...address,
        frames,
        nowMs: clock.wallMs(),
        caps: quotas.settings.alertCaps,
      });
      await publish([{ type: "alerts-raised", team: address.team, alerts: appended.alerts }]);
      const ofScripts = frames.flatMap(({ records }) => records).filter(({ type }) => type === "alert").length;
      quotas.countAlerts(address.team, Math.max(0, appended.alerts.length - ofScripts));
      return appended;
    },
    onCommitted: live.committed,
    quotas,
    clock,
    metrics,
  });
  return {
    db,
    clock,
    auth,
    keys,
    origins,
    secret,
    admissions,
    securityLog,
    resolveCaller: createResolveCaller(db, auth, keys),
    checkReach: async (caller, run) => {
      if (caller.project === null) return;
      const found = await getRun(db, { team: caller.team.id, run });
      requireProject(caller, found.project.id, `run ${run}`);
    },
    openWriter: async ({ team, project, by }, request) => {
      requireHold();
      const place = await openWriter(db, {
        team: team.id,
        request,
        createdBy: by.name,
        only: project,
        admitNew: () => quotas.admitRun(team.id),
        nowMs: clock.wallMs(),
      });
      await epoch.notice(request, place.next);
      const opened = { ...place, epoch: epoch.current };
      log.info({ run: opened.run, project: opened.project, name: opened.name, by: by.name }, "a writer opened a run");
      live.changed(await getRun(db, { team: team.id, run: opened.run }));
      return opened;
    },
    beatWriter: async (address: Address) => {
      const revived = await beatWriter(db, { ...address, nowMs: clock.wallMs() });
      if (revived !== null) live.changed(revived);
    },
    appender,
    appendFrame: async (address, bytes) => {
      const { next } = await appender.append(address, bytes);
      return { next, epoch: epoch.current };
    },
    quotas,
    live,
    contextOf: (caller) => ({ ...caller, db, nowMs: clock.wallMs() }),
    perform: async (ctx, verb, input) => {
      const { value, effects } = await verb({ ctx, input });
      await publish(effects);
      return value;
    },
    publish,
    wakeDispatcher,
    metrics,
    log,
  };
}
