import { getRequestListener } from "@hono/node-server";
import { type Clock, systemClock } from "@tailbone/base/clock";
import { closeDatabase, openDatabase } from "@tailbone/db/server/database";
import { readEpoch } from "@tailbone/db/server/database-epoch";
import { openEmbedded } from "@tailbone/db/server/embedded";
import { holdDatabase } from "@tailbone/db/server/hold-database";
import { migrateDatabase } from "@tailbone/db/server/migrate";
import { TailboneError } from "@tailbone/protocol/errors";
import { startDispatcher } from "./alerts/dispatcher";
import { createSender } from "./alerts/sender";
import { createSignInLink } from "./auth/auth";
import { ensureLocalKey, ensureOwner } from "./auth/first-start";
import { createInvitationMail } from "./auth/invitation-mail";
import { findOrigins, isKnownHost, isWildcard } from "./auth/origins";
import { createServices } from "./create-services";
import { findDashboard, startDashboard } from "./dashboard/dashboard-process";
import { createDashboardProxy } from "./dashboard/proxy";
import { createHttpApi } from "./http/api";
import { openFrontDoor } from "./http/front-door";
import { connectWriter } from "./ingest/ingest";
import { createLog, type Log } from "./log";
import { credentialsPath } from "./process/credentials-file";
import { lockDataDir } from "./process/data-lock";
import { Parts } from "./process/parts";
import { loadSecret } from "./process/secret";
import { parseSettings, type Settings } from "./settings";
import { attachSockets } from "./sockets";
import { startStallSweep } from "./stall-sweep";

/** `required`: fails when the dashboard is not built. `optional`: goes on without it. */
type DashboardNeed = "required" | "optional" | "off";

export interface StartHubOptions {
  /** Instead of the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: `optional`. */
  readonly dashboard?: DashboardNeed;
  readonly log?: Log;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface Hub {
  /** Origin under which people and writers reach the hub. */
  readonly url: string;
  /** What whoever started it should know of who can reach it. */
  readonly warning: string | null;
  /** Signs the owner in once, within 15 minutes. */
  readonly signInLink: string;
  /** The file in which the SDK on this machine finds its key. */
  readonly credentials: string;
  readonly log: Log;
  /** Resolves with the reason when a part of the hub has died by itself; the hub is of no use then. */
  readonly failed: Promise<TailboneError>;
  /** Finishes what was accepted, answers it, and ends everything. */
  readonly close: () => Promise<void>;
}

/** How long the last answers and deltas may take to leave. */
const FLUSH_MS = 1000;

async function startDatabase(dataDir: string, parts: Parts, log: Log): Promise<string> {
  const { url, exited, close } = await openEmbedded({ dataDir, log: (line) => log.debug(`postgres: ${line}`) });
  parts.add(close);
  void exited.then(() => parts.fail("its database ended"));
  return url;
}

function unusableDatabase(cause: unknown): TailboneError {
  const said = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new TailboneError(
    "unavailable",
    `The database that DATABASE_URL names cannot be used: ${said}.`,
    "Check that it runs, and that host, port, user, password and name in DATABASE_URL are right; or unset it.",
    { cause },
  );
}

function requireDashboard(need: DashboardNeed, log: Log): string | null {
  if (need === "off") return null;
  const dir = findDashboard();
  if (dir !== null) return dir;
  const missing = new TailboneError(
    "not_found",
    "The dashboard is not built.",
    "Run `npm start`, which builds it, or start without it: `tailbone start --no-dashboard`.",
  );
  if (need === "required") throw missing;
  log.warn(`${missing.message} The hub goes on without pages. ${missing.hint}`);
  return null;
}

function sayExposed(port: number, publicOrigin: string | undefined): string {
  const open = `Whoever reaches port ${port} of this machine can try to sign in: the hub listens on every interface.`;
  if (publicOrigin?.startsWith("https:")) return `${open} Let only the proxy reach that port.`;
  return `${open} What they send is not encrypted: put a proxy with HTTPS before it, and set TAILBONE_URL to its address.`;
}

/**
 * Starts a whole hub: database (embedded unless DATABASE_URL is set), API, sockets and dashboard, on one port. Resolves
 * when it serves. Throws a TailboneError that says what is in the way; nothing that it started is left then.
 */
export async function startHub(options: StartHubOptions = {}): Promise<Hub> {
  const settings = parseSettings(options.env ?? process.env);
  const log = options.log ?? createLog(settings.logLevel);
  const parts = new Parts(log);
  try {
    return await startParts(settings, options.dashboard ?? "optional", parts, log, options.clock ?? systemClock);
  } catch (error) {
    await parts.close();
    throw error;
  }
}

async function startParts(settings: Settings, need: DashboardNeed, parts: Parts, log: Log, clock: Clock): Promise<Hub> {
  const { dataDir } = settings;
  parts.add(lockDataDir(dataDir));
  const door = await openFrontDoor(settings.host, settings.port);
  parts.add(door.close);
  const origins = findOrigins(settings.host, door.port, settings.publicOrigin, settings.otherNames);

  const dashboardDir = settings.dashboardOrigin === undefined ? requireDashboard(need, log) : null;
  const databaseUrl = settings.databaseUrl ?? (await startDatabase(dataDir, parts, log));
  const refuseDatabase = (error: unknown): never => {
    const isOurs = settings.databaseUrl === undefined || error instanceof TailboneError;
    throw isOurs ? error : unusableDatabase(error);
  };
  const hold = await holdDatabase({ url: databaseUrl, onLost: parts.fail }).catch(refuseDatabase);
  parts.add(hold.release);
  const dashboard = dashboardDir === null ? null : startDashboard(dashboardDir, log);
  if (dashboard !== null) {
    parts.add(dashboard.close);
    void dashboard.exited.then(parts.fail);
  }

  await migrateDatabase(databaseUrl).catch(refuseDatabase);
  const db = openDatabase({ url: databaseUrl });
  parts.add(() => closeDatabase(db));
  const secret = settings.secret ?? (await loadSecret(dataDir));
  const { allowPrivateWebhooks: allowPrivate, smtpUrl, mailFrom } = settings;
  const send = createSender({ origin: origins.public, allowPrivate, smtpUrl, mailFrom });
  const dispatcher = startDispatcher({ db, send, log, clock });
  parts.add(dispatcher.close);
  const services = createServices({
    db,
    holdsDatabase: hold.isHeld,
    clock,
    epoch: await readEpoch(db),
    secret,
    origins,
    log,
    wakeDispatcher: dispatcher.wake,
    quotas: settings.quotas,
    send,
    mailInvitation: createInvitationMail(smtpUrl, mailFrom),
  });
  const { auth, keys, live, appender } = services;
  parts.add(live.close);
  parts.add(services.securityLog.close);
  const owner = await ensureOwner(db, auth, settings.ownerEmail);
  await ensureLocalKey(db, keys, owner, origins, settings.configHome).catch((error: unknown) => {
    log.warn({ err: error }, "the key for this machine could not be written; set TAILBONE_API_KEY for the SDK");
  });

  const sockets = attachSockets(door.server, {
    ...services,
    connectWriter: (socket) => connectWriter(socket, services),
    connectViewer: live.connect,
  });
  parts.add(startStallSweep(services, settings.stallAfterMs));
  const proxy = createDashboardProxy(log, { isDevelopment: settings.dashboardOrigin !== undefined });
  parts.add(proxy.close);
  const api = createHttpApi(services);
  door.open({
    api: getRequestListener(api.fetch),
    pages: proxy.web,
    upgrade: proxy.upgrade,
    isKnownHost: (host) => isKnownHost(host, origins),
  });
  parts.add(async () => {
    log.info("stopping: what was accepted is finished first");
    door.stop();
    await appender.drain();
    await sockets.flush(FLUSH_MS);
    sockets.close();
  });

  const pages = settings.dashboardOrigin ?? (await dashboard?.origin);
  if (pages !== undefined) proxy.aim(pages);
  const signInLink = await createSignInLink(auth, owner.email);
  log.info({ url: origins.public, database: settings.databaseUrl === undefined ? "embedded" : "external" }, "serving");
  return {
    url: origins.public,
    warning: isWildcard(settings.host) ? sayExposed(door.port, settings.publicOrigin) : null,
    signInLink,
    credentials: credentialsPath(settings.configHome),
    log,
    failed: parts.failed,
    close: parts.close,
  };
}
