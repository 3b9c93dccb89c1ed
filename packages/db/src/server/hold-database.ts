import { randomBytes } from "node:crypto";
import { systemClock } from "@tailbone/base/clock";
import { currentHolder } from "@tailbone/base/held-lock";
import { TailboneError } from "@tailbone/protocol/errors";
import postgres, { type Sql } from "postgres";

/** Any number, the same for all hubs of one database; not that of the migrations. */
const LOCK = 7_461_697;
/** How long the session of a hub that has just ended may still be there. */
const PATIENCE_MS = 5000;
/**
 * A session that is silent for so long is taken for dead: by this side after one answer that does not come, by the
 * server a little later.
 */
const BEAT_MS = 5000;
const RETRY_MS = 500;

export interface HoldOptions {
  readonly url: string;
  /** The lock was lost, and somebody else has it: whoever held it must stop. `what` is a clause: "another hub …". */
  readonly onLost: (what: string) => void;
}

export interface Hold {
  /**
   * False from the moment in which the lock's session has ended until there is another: whatever is committed then,
   * another hub may not know.
   */
  readonly isHeld: () => boolean;
  /** Gives it back. */
  readonly release: () => Promise<void>;
}

interface Session {
  readonly sql: Sql;
  /** Resolves when it has ended, by whomever. */
  readonly ended: Promise<void>;
}

/**
 * Makes this process the one hub on a database, by an advisory lock that the server frees with the session. Throws
 * `conflict` when another hub has it, with what the server knows of that one, and what the driver throws when there is
 * no database.
 *
 * A session that is lost (the server restarts, the network is cut) is made anew for as long as it takes; nothing is to
 * be stored meanwhile. If another hub was quicker, `onLost` is told.
 */
export async function holdDatabase({ url, onLost }: HoldOptions): Promise<Hold> {
  const name = nameOfHub();
  let session = await openSession(url, name, PATIENCE_MS);
  let isHeld = true;
  let isClosing = false;
  let wake: () => void = () => {};

  async function keep(): Promise<void> {
    while (!isClosing) {
      await session.ended;
      isHeld = false;
      while (!isClosing) {
        const next = await openSession(url, name, 0).catch((error: unknown) => error);
        if (isSession(next)) {
          session = next;
          isHeld = true;
          break;
        }
        if (next instanceof TailboneError) return onLost(next.message.replace(/\.$/, ""));
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, RETRY_MS);
        });
      }
    }
  }
  const keeping = keep();
  return {
    isHeld: () => isHeld,
    release: async () => {
      isClosing = true;
      wake();
      await session.sql.end({ timeout: 1 });
      await keeping;
      await session.sql.end({ timeout: 1 });
    },
  };
}

const isSession = (value: unknown): value is Session => typeof value === "object" && value !== null && "sql" in value;

/** What the server lists as the session's name (63 bytes): for people, and to know its own session again. */
function nameOfHub(): string {
  const { pid, host } = currentHolder();
  return `tailbone ${randomBytes(4).toString("hex")} process ${pid} on ${host}`.slice(0, 63);
}

async function openSession(url: string, name: string, patienceMs: number): Promise<Session> {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // One connection, which is not renewed when it is old: the lock is the session's.
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null,
    connect_timeout: 5,
    onnotice: () => {},
    onclose: () => end(),
  });
  try {
    await sql`select set_config('application_name', ${name}, false), set_config('idle_session_timeout', '0', false),
      set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
      set_config('tcp_keepalives_count', '3', false)`;
    await takeLock(sql, name, patienceMs);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw error;
  }
  const beat = setInterval(() => void answers(sql).then((isThere) => (isThere ? undefined : drop())), BEAT_MS);
  function drop(): void {
    void sql.end({ timeout: 0 });
    end();
  }
  void ended.then(() => {
    clearInterval(beat);
    // The driver would connect again, without the lock.
    void sql.end({ timeout: 0 });
  });
  return { sql, ended };
}

/** Whether the server still answers in this session. */
async function answers(sql: Sql): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), BEAT_MS);
  });
  const answer = sql`select 1`.then(
    () => true,
    () => false,
  );
  const isThere = await Promise.race([answer, late]);
  clearTimeout(timer);
  return isThere;
}

async function takeLock(sql: Sql, name: string, patienceMs: number): Promise<void> {
  const until = systemClock.monotonicMs() + patienceMs;
  for (;;) {
    const [taken] = await sql<{ isTaken: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as "isTaken"`;
    if (taken?.isTaken === true) return;
    const holder = await findHolder(sql);
    // This hub's own session from before its connection broke, which the server does not know yet.
    if (holder?.name === name) await sql`select pg_terminate_backend(${holder.pid})`;
    // Nobody: it was given back between the two questions.
    else if (holder !== undefined && systemClock.monotonicMs() >= until) throw conflict(holder);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface LockHolder {
  readonly pid: number;
  readonly name: string;
  readonly address: string | null;
  readonly since: Date;
}

async function findHolder(sql: Sql): Promise<LockHolder | undefined> {
  const [holder] = await sql<LockHolder[]>`
    select activity.pid, coalesce(application_name, '') as name, host(client_addr) as address, backend_start as since
    from pg_locks join pg_stat_activity activity on activity.pid = pg_locks.pid
    where locktype = 'advisory' and granted and objsubid = 1 and classid = 0 and objid = ${LOCK}
      and database = (select oid from pg_database where datname = current_database())`;
  return holder;
}

function conflict(holder: LockHolder): TailboneError {
  const from = holder.address === null ? "" : `, connected from ${holder.address}`;
  const who = `${holder.name.replace(/^tailbone \w+ /, "")}${from} since ${holder.since.toISOString()}`;
  return new TailboneError(
    "conflict",
    `Another hub has the database (${who}).`,
    "One database has one hub. Use that one, or stop it; give this one a database of its own with DATABASE_URL. If its machine is gone, the server frees the lock within half a minute.",
  );
}
