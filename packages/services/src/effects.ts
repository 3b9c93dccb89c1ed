import type { SecurityAction } from "@tailbone/protocol/access";
import type { Alert } from "@tailbone/protocol/rules";
import type { OpenWriter, Run, RunState } from "@tailbone/protocol/run";
import type { PageSaved } from "@tailbone/protocol/sockets";
import type { Caller } from "./caller";
import type { Context, From } from "./context";

/** What the security log is to say. */
export interface SecurityEntry {
  /** Null: nobody knows who, or `who` says it. */
  readonly caller: Caller | null;
  readonly from: From;
  readonly action: SecurityAction;
  readonly what: string;
  /** Where there is no caller: whose account it concerns, and under which name. */
  readonly user?: string | null;
  readonly who?: string | null;
  /** Default: the caller's team. Null: it concerns the account alone. */
  readonly team?: string | null;
}

/**
 * Frames `from` (inclusive) to `to` (exclusive) of a run's stream, as they have just been committed, and where that run
 * stands.
 */
export interface Committed {
  readonly team: string;
  readonly run: string;
  readonly project: string;
  readonly state: RunState;
  readonly from: number;
  readonly to: number;
  /** The leg of the run that their writer appends. */
  readonly leg: number;
  readonly frames: readonly Uint8Array[];
}

/**
 * What was committed and concerns others than who asked, in the words of what happened. Plain data: the hub publishes
 * it.
 */
interface Happened {
  /** In the order of the run's stream. */
  "frames-committed": Committed;
  /** A run's head (state, name, tags) is another now. */
  "run-changed": { readonly run: Run };
  "run-deleted": { readonly run: Run };
  /** New alerts lie in the database, with what is to be delivered of them. */
  "alerts-raised": { readonly team: string; readonly alerts: readonly string[] };
  /** A writer was opened, or found again; the frame `next` is the one that is expected of it. */
  "writer-opened": { readonly request: OpenWriter; readonly next: number; readonly by: string };
  "alert-changed": { readonly team: string; readonly alert: Alert };
  /** What a team keeps of a page for a project is at another revision. */
  "page-saved": PageSaved & { readonly team: string };
  /** The outbox has something to send. */
  "delivery-due": object;
  "key-revoked": { readonly key: string };
  /** They were removed, with their keys, or may do more or less than before. */
  "standing-changed": { readonly team: string; readonly user: string };
  "sessions-ended": { readonly sessions: readonly string[] };
  /** Something was done at the door. */
  "security-noted": SecurityEntry;
}

export type EffectType = keyof Happened;
export type Effect<T extends EffectType = EffectType> = { [K in T]: { readonly type: K } & Happened[K] }[T];

/** For the security log: who asks has done it. */
export function noted(
  { team, project, by, from }: Context,
  action: SecurityAction,
  what: string,
  concerns: "team" | "account" = "team",
): Effect<"security-noted"> {
  const whose = concerns === "account" ? { team: null } : {};
  return { type: "security-noted", caller: { team, project, by }, from, action, what, ...whose };
}
