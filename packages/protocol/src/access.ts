import { z } from "zod";
import { timeMsSchema } from "./names";
import { text } from "./text";
import { unreadableListSchema } from "./unreadable";

/** Who may do what: the words for it on the wire. The table that decides is the hub's. */

/** From who may most to who may least: a viewer sees everything of the team and changes nothing. */
export const ROLES = ["owner", "admin", "member", "viewer"] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

/** `ingest`: log runs. `read`: see them. `admin`: both, and change or delete them and the rules. */
export const KEY_SCOPES = ["ingest", "read", "admin"] as const;
export const keyScopeSchema = z.enum(KEY_SCOPES);
export type KeyScope = z.infer<typeof keyScopeSchema>;

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  start: z.string(),
  scopes: z.array(keyScopeSchema),
  /** The one project that it is for; null: all of the team. */
  project: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** Null: made before that was recorded. */
  createdBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  createdAtMs: timeMsSchema,
  expiresAtMs: timeMsSchema.nullable(),
  lastUsedAtMs: timeMsSchema.nullable(),
});
export type Key = z.infer<typeof keySchema>;
export const keyListSchema = z.object({ keys: z.array(keySchema), unreadable: unreadableListSchema });
export type KeyList = z.infer<typeof keyListSchema>;
export const keyCreateSchema = z.object({
  name: text().min(1).max(64),
  scopes: z.array(keyScopeSchema).min(1).max(KEY_SCOPES.length).default(["ingest", "read"]),
  /** Id of the only project that it is for. */
  project: z.uuid().nullable().default(null),
  expiresAtMs: timeMsSchema.nullable().default(null),
});
export type KeyCreate = z.input<typeof keyCreateSchema>;
/** The same, with what was left out filled in. */
export type NewKey = z.infer<typeof keyCreateSchema>;
/** `secret` is shown this once; only its hash is stored. */
export const keyCreatedSchema = keySchema.extend({ secret: z.string() });

/**
 * `Authorization: Tailbone-Owner <time>.<proof>`: whoever can read the hub's secret makes a key in the owner's name.
 */
export const OWNER_SCHEME = "Tailbone-Owner";

/** What the proof signs: good for this hub, this request and a minute. */
export function ownerProofText(request: { origin: string; method: string; path: string; body: string; atMs: number }) {
  const { origin, method, path, body, atMs } = request;
  return JSON.stringify(["tailbone owner", origin, method, path, body, atMs]);
}

export const memberSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  joinedAtMs: timeMsSchema,
});
export type Member = z.infer<typeof memberSchema>;
/** Someone who was asked to join and has not answered yet. */
export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: roleSchema,
  expiresAtMs: timeMsSchema,
});
export type Invitation = z.infer<typeof invitationSchema>;
/** Missing `invitations`: those are shown to whoever may invite. */
export const memberListSchema = z.object({
  members: z.array(memberSchema),
  invitations: z.array(invitationSchema),
  unreadable: unreadableListSchema,
});
export type MemberList = z.infer<typeof memberListSchema>;
export const memberInviteSchema = z.object({ email: z.email(), role: roleSchema.exclude(["owner"]).default("member") });
/** `link` is null when it went out by mail: then only the mailbox has it. */
export const memberInvitedSchema = z.object({ invitation: invitationSchema, link: z.url().nullable() });
export const memberPatchSchema = z.object({ role: roleSchema });

const invitationTokenSchema = text().min(20).max(100);
export const invitationLookSchema = z.object({ token: invitationTokenSchema });
/** What an invitation says to whoever holds its link, and whether they are signed in (as whom). */
export const invitationSeenSchema = z.object({
  team: z.string(),
  invitedBy: z.string(),
  email: z.string(),
  signedInAs: z.string().nullable(),
});
const passwordSchema = z.string().min(8).max(128);
/** With `account` a new one is made, for whoever is not signed in. */
export const invitationAcceptSchema = z.object({
  token: invitationTokenSchema,
  account: z.object({ name: text().trim().min(1).max(128), email: z.email(), password: passwordSchema }).optional(),
});

/** Changes what the caller signs in with. Who has a password proves it by `current`. */
export const accountChangeSchema = z
  .object({ email: z.email().optional(), password: passwordSchema.optional(), current: z.string().max(128).optional() })
  .refine(({ email, password }) => email !== undefined || password !== undefined, "name an email or a password");
export type AccountChange = z.input<typeof accountChangeSchema>;

export const sessionSchema = z.object({
  id: z.string(),
  createdAtMs: timeMsSchema,
  seenAtMs: timeMsSchema,
  address: z.string().nullable(),
  agent: z.string().nullable(),
  isCurrent: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;
export const sessionListSchema = z.object({ sessions: z.array(sessionSchema) });

export const SECURITY_ACTIONS = [
  "signed-in",
  "sign-in-refused",
  "signed-out",
  "account-changed",
  "second-factor-changed",
  "key-made",
  "key-revoked",
  "member-invited",
  "invitation-withdrawn",
  "member-joined",
  "member-removed",
  "role-changed",
  "access-refused",
] as const;
export type SecurityAction = (typeof SECURITY_ACTIONS)[number];

export const securityEventSchema = z.object({
  id: z.number().int(),
  atMs: timeMsSchema,
  who: z.string().nullable(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  action: z.enum(SECURITY_ACTIONS),
  what: z.string(),
  times: z.number().int(),
});
export type SecurityEvent = z.infer<typeof securityEventSchema>;
export const securityLogQuerySchema = z.object({
  /** Events before this id (exclusive), the newest first. */
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const securityLogSchema = z.object({
  events: z.array(securityEventSchema),
  more: z.boolean(),
  unreadable: unreadableListSchema,
});
export type SecurityLog = z.infer<typeof securityLogSchema>;
