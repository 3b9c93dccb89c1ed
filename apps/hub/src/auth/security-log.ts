import type { IncomingMessage } from "node:http";
import {
  countSecurityEvent,
  type NewSecurityEvent,
  pruneSecurityLog,
  writeSecurityEvent,
} from "@tailbone/db/access/security-log";
import type { Database } from "@tailbone/db/server/database";
import { storable } from "@tailbone/protocol/text";
import type { From } from "@tailbone/services/context";
import type { SecurityEntry } from "@tailbone/services/effects";
import type { Log } from "../log";

const SHOWN_CHARACTERS = 200;

/** The peer's address; behind a proxy also whom the proxy says it speaks for, which anybody may claim. */
export function fromOf({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): From {
  const forwarded = headers["x-forwarded-for"];
  const peer = socket.remoteAddress ?? null;
  const said = typeof forwarded === "string" ? ` (says: for ${forwarded})` : "";
  return {
    address: peer === null ? null : fit(`${peer}${said}`),
    agent: headers["user-agent"] === undefined ? null : fit(headers["user-agent"]),
  };
}

/** Text of strangers, fit to be stored and shown. */
const fit = (text: string): string => storable(text.replaceAll(/\p{Cc}/gu, " ").slice(0, SHOWN_CHARACTERS));

/** Who came to the door and what they changed there: from where, what and when. */
export interface SecurityLog {
  /** Something was done. It stays done if it cannot be written down; the hub's own log then has it. */
  readonly done: (entry: SecurityEntry) => Promise<void>;
  /** Something was refused. The same again within a minute is counted, not written anew. */
  readonly refused: (entry: SecurityEntry) => void;
  readonly close: () => Promise<void>;
}

const WINDOW_MS = 60_000;
/** More kinds of refusal than this in a minute are counted together. */
const MOST_KINDS = 200;
const PRUNE_MS = 60 * 60 * 1000;

export function createSecurityLog(db: Database, log: Log): SecurityLog {
  const recent = new Map<string, { id: Promise<number | null>; times: number }>();

  function toEvent({ caller, from, action, what, user, who, team }: SecurityEntry): NewSecurityEvent {
    const by = caller?.by;
    return {
      team: team === undefined ? (caller?.team.id ?? null) : team,
      user: user ?? (by === undefined ? null : by.kind === "user" ? by.id : by.createdBy),
      who: who ?? (by === undefined ? null : by.kind === "user" ? `${by.name} <${by.email}>` : `the key ${by.name}`),
      ...from,
      action,
      what: fit(what),
    };
  }

  const write = (event: NewSecurityEvent): Promise<number | null> =>
    writeSecurityEvent(db, event).catch((error: unknown) => {
      log.error({ err: error, event }, "an event was not written to the security log");
      return null;
    });

  async function settle(): Promise<void> {
    const counted = [...recent.values()].filter(({ times }) => times > 1);
    recent.clear();
    for (const { id, times } of counted) {
      const written = await id;
      if (written === null) continue;
      await countSecurityEvent(db, written, times).catch((error: unknown) => log.warn({ err: error }, "not counted"));
    }
  }

  const prune = (): void => {
    pruneSecurityLog(db).catch((error: unknown) => log.debug({ err: error }, "the security log was not pruned"));
  };
  const settling = setInterval(() => void settle(), WINDOW_MS);
  const pruning = setInterval(prune, PRUNE_MS);

  return {
    done: async (entry) => {
      await write(toEvent(entry));
    },
    refused: (entry) => {
      let event = toEvent(entry);
      let kind = JSON.stringify(event);
      if (recent.size >= MOST_KINDS && !recent.has(kind)) {
        event = { ...event, team: null, user: null, who: null, address: null, agent: null, what: "many at once" };
        kind = event.action;
      }
      const known = recent.get(kind);
      if (known === undefined) recent.set(kind, { id: write(event), times: 1 });
      else known.times++;
    },
    close: async () => {
      clearInterval(settling);
      clearInterval(pruning);
      await settle();
    },
  };
}
