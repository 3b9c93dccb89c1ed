import { readProjectOf } from "@tailbone/db/read/get-run";
import { KEY_SCOPES, type KeyScope, ROLES, type Role } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { type Caller, forPeople, requireUser } from "./caller";
import type { Context } from "./context";

/**
 * People by their role in the team; keys by what one of their scopes allows, but never what the person whose key it is
 * may not do.
 */
interface Who {
  readonly scopes: readonly KeyScope[];
  readonly roles: readonly Role[];
}

const EDITING: readonly Role[] = ["owner", "admin", "member"];
const WRITERS: Who = { scopes: ["ingest", "admin"], roles: EDITING };
const READERS: Who = { scopes: ["read", "admin"], roles: ROLES };
const EDITORS: Who = { scopes: ["admin"], roles: EDITING };
const MANAGERS: Who = { scopes: [], roles: ["owner", "admin"] };

/** People who may make keys, and with them what a key may do. */
const KEY_MAKERS: Who = { scopes: [], roles: EDITING };
/** People of whatever role. */
const PEOPLE: Who = { scopes: [], roles: ROLES };
const ANYBODY: Who = { scopes: KEY_SCOPES, roles: ROLES };

/**
 * How far a key goes that is for one project. `run`: to the project's runs; `input.run` is looked up. `project`: the
 * verb keeps to `ctx.project` itself. `team`: not at all, because it is the whole team's. `self`: it is about the
 * caller alone.
 */
type Reach = "run" | "project" | "team" | "self";

/** Who may do what: the one table. Each verb of this package has a row, and asks it before it does anything. */
export const ACCESS = {
  openWriter: { who: WRITERS, reach: "project" },
  /** Frames wait in the hub's queues; they are committed there. */
  appendFrames: { who: WRITERS, reach: "run" },
  logEntries: { who: WRITERS, reach: "run" },
  beatWriter: { who: WRITERS, reach: "run" },
  listProjects: { who: READERS, reach: "project" },
  getProject: { who: READERS, reach: "project" },
  listRuns: { who: READERS, reach: "project" },
  getRun: { who: READERS, reach: "run" },
  followRun: { who: READERS, reach: "run" },
  patchRun: { who: EDITORS, reach: "run" },
  deleteRun: { who: EDITORS, reach: "run" },
  getPageState: { who: READERS, reach: "project" },
  savePageState: { who: EDITORS, reach: "project" },
  listSeries: { who: READERS, reach: "run" },
  queryPoints: { who: READERS, reach: "run" },
  listCheckpoints: { who: READERS, reach: "run" },
  listConsole: { who: READERS, reach: "run" },
  listFeatures: { who: READERS, reach: "run" },
  listEvents: { who: READERS, reach: "run" },
  listAlerts: { who: READERS, reach: "team" },
  patchAlert: { who: EDITORS, reach: "team" },
  listRules: { who: READERS, reach: "team" },
  createRule: { who: EDITORS, reach: "team" },
  patchRule: { who: EDITORS, reach: "team" },
  deleteRule: { who: EDITORS, reach: "team" },
  replayRule: { who: EDITORS, reach: "team" },
  listChannels: { who: READERS, reach: "team" },
  createChannel: { who: MANAGERS, reach: "team" },
  deleteChannel: { who: MANAGERS, reach: "team" },
  testChannel: { who: MANAGERS, reach: "team" },
  listDeliveries: { who: READERS, reach: "team" },
  retryDelivery: { who: EDITORS, reach: "team" },
  getMe: { who: ANYBODY, reach: "self" },
  changeAccount: { who: PEOPLE, reach: "self" },
  listSessions: { who: PEOPLE, reach: "self" },
  endSession: { who: PEOPLE, reach: "self" },
  endAllSessions: { who: PEOPLE, reach: "self" },
  /** See and make keys, and revoke one's own; who manages the team revokes anybody's. */
  listKeys: { who: PEOPLE, reach: "team" },
  createKey: { who: KEY_MAKERS, reach: "team" },
  deleteKey: { who: PEOPLE, reach: "team" },
  listMembers: { who: READERS, reach: "team" },
  inviteMember: { who: MANAGERS, reach: "team" },
  withdrawInvitation: { who: MANAGERS, reach: "team" },
  changeRole: { who: MANAGERS, reach: "team" },
  /** One may leave; who manages the team removes others. */
  removeMember: { who: PEOPLE, reach: "team" },
  listSecurityEvents: { who: MANAGERS, reach: "team" },
} as const satisfies Readonly<Record<string, { readonly who: Who; readonly reach: Reach }>>;

/** What nobody asks for as a caller: the link of an invitation lets its holder in; the hub makes its rounds. */
export const WITHOUT_CALLER = ["lookAtInvitation", "acceptInvitation", "sweepStalledRuns"] as const;

export type VerbName = keyof typeof ACCESS;
/** The verbs whose input names a run. */
export type RunVerbName = { [N in VerbName]: (typeof ACCESS)[N]["reach"] extends "run" ? N : never }[VerbName];

function isAmong({ by }: Caller, { scopes, roles }: Who): boolean {
  if (by.kind === "user") return roles.includes(by.role);
  return by.scopes.some((scope) => scopes.includes(scope)) && (by.role === null || roles.includes(by.role));
}

/** Whether the caller manages the team: invites and removes members, and sees to what is theirs. */
export const isManager = (caller: Caller): boolean => isAmong(caller, MANAGERS);

export const requireVerb = (caller: Caller, verb: VerbName): void => requireAmong(caller, ACCESS[verb].who);
export const requireManager = (caller: Caller): void => requireAmong(caller, MANAGERS);

/** Whoever is no owner changes no owner. Throws `forbidden`. */
export function requireStanding(caller: Caller, touched: readonly Role[]): void {
  if (requireUser(caller).role === "owner" || !touched.includes("owner")) return;
  throw new TailboneError("forbidden", "Only an owner of the team may do this to an owner.", "Ask one of them.");
}

const orList = (roles: readonly Role[]): string => roles.join(", ").replace(/, (\w+)$/, " or $1");

/** Throws `forbidden` and says who may. */
function requireAmong(caller: Caller, who: Who): void {
  if (isAmong(caller, who)) return;
  const { by } = caller;
  const scopes = KEY_SCOPES.filter((scope) => who.scopes.includes(scope));
  if (by.kind === "user") {
    throw new TailboneError(
      "forbidden",
      `Only an ${orList(who.roles)} of the team may do this; you are a ${by.role}.`,
      "Ask an owner or an admin; Settings, Members lists who they are.",
    );
  }
  if (scopes.length === 0) throw forPeople();
  if (by.scopes.some((scope) => scopes.includes(scope))) {
    throw new TailboneError(
      "forbidden",
      `The key "${by.name}" may not do this: a key may do no more than the person whose it is, who is a ${by.role} now.`,
      "Use a key of someone who may, or ask an owner of the team for another role.",
    );
  }
  throw new TailboneError(
    "forbidden",
    `The key "${by.name}" may not do this: its scope is ${by.scopes.join(" and ")}.`,
    `Use a key whose scope is ${scopes.join(" or ")}; keys are made in the dashboard under Settings.`,
  );
}

/**
 * Lets nobody do what is not theirs: by the table, and a key for one project not beyond it. `run`: the one that the
 * verb is about. Throws `forbidden`, or `not_found` for a run of another project.
 */
export async function requireAccess(ctx: Context, verb: VerbName, run: string | undefined): Promise<void> {
  requireVerb(ctx, verb);
  const { reach } = ACCESS[verb];
  if (ctx.project === null || reach === "project" || reach === "self") return;
  if (reach === "run" && run !== undefined) {
    requireProject(ctx, await readProjectOf(ctx.db, { team: ctx.team.id, run }), `run ${run}`);
    return;
  }
  throw new TailboneError(
    "forbidden",
    `The key is for the project ${ctx.project.name} alone, and this is the whole team's.`,
    "Use a key for all projects.",
  );
}

/**
 * A key for one project sees nothing else of the team: to it, what lies elsewhere does not exist. Throws `not_found`.
 */
export function requireProject(caller: Caller, project: string, what: string): void {
  if (caller.project === null || caller.project.id === project) return;
  throw new TailboneError(
    "not_found",
    `There is no ${what}.`,
    `The key is for the project ${caller.project.name} alone; it may lie in another.`,
  );
}
