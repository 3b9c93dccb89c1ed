import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import {
  type Channel,
  type ChannelCreate,
  type ChannelList,
  type ChannelTarget,
  channelCreateSchema,
  channelSchema,
  type Rule,
  type RuleCreate,
  type RuleList,
  type RulePatch,
  ruleSchema,
} from "@tailbone/protocol/rules";
import { readRow, readRows, UNREADABLE_HINT, type Unreadable } from "@tailbone/protocol/unreadable";
import { v7 as uuidv7 } from "uuid";
import { jsonb } from "../append/stored-text";
import { channel as channelTable, rule as ruleTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Client, Database, Transaction } from "../server/database";

const missing = (what: string): TailboneError =>
  new TailboneError("not_found", `There is no such ${what} in this team.`, "It may have been deleted already.");

const cannotRead = ({ what, name, reason }: Unreadable): TailboneError =>
  new TailboneError("conflict", `The ${what} ${name} cannot be read: ${reason}.`, UNREADABLE_HINT);

const columns = selectColumns(ruleTable, "id", "name", "condition", "level", "channels", "cooldownMs", "enabled", {
  project: "projectId",
});

/** The team's rules, oldest first. */
export async function listRules(db: Database, { team }: { team: string }): Promise<RuleList> {
  const sql = db.$client;
  const rows = await sql<RowOf<typeof columns>[]>`
    select ${columns.list(sql)} from rule where team_id = ${team} order by created_at_ms, id`;
  const { values, unreadable } = readRows(ruleSchema, rows, ({ id, name }) => ({ what: "rule", id, name }));
  return { rules: values, unreadable };
}

/**
 * Throws `not_found` when project or a channel are not the team's, and `conflict` when the team has as many rules as it
 * may have.
 */
export async function createRule(
  db: Database,
  { team, rule, most = Number.POSITIVE_INFINITY }: { team: string; rule: RuleCreate; most?: number },
): Promise<Rule> {
  return db.$client.begin(async (sql) => {
    await checkParts(sql, team, rule);
    await checkRoom(sql, { team, what: "rule", most });
    const made = { id: uuidv7(), ...rule };
    await sql`
      insert into rule (id, team_id, project_id, name, condition, level, channels, cooldown_ms, enabled, created_at_ms)
      values (${made.id}, ${team}, ${rule.project}, ${rule.name}, ${jsonb(sql, rule.condition)}, ${rule.level},
        ${rule.channels}::uuid[], ${rule.cooldownMs}, ${rule.enabled}, ${systemClock.wallMs()})`;
    return made;
  });
}

/** Holds the team, so that two who make the last one at once do not both get it. */
async function checkRoom(
  sql: Transaction,
  { team, what, most }: { team: string; what: "rule" | "channel"; most: number },
): Promise<void> {
  if (most === Number.POSITIVE_INFINITY) return;
  await sql`select 1 from organization where id = ${team} for no key update`;
  const [there] = await sql<{ count: number }[]>`
    select count(*)::int as count from ${sql(what)} where team_id = ${team}`;
  if ((there?.count ?? 0) < most) return;
  throw new TailboneError(
    "conflict",
    `The team has ${most} ${what}s, as many as it may have.`,
    `Delete one that is not needed; whoever runs the hub can allow more with TAILBONE_${what.toUpperCase()}S_PER_TEAM.`,
  );
}

/** Throws `not_found`, and `conflict` where what the patch leaves as it is cannot be read. */
export async function patchRule(
  db: Database,
  { team, id, patch }: { team: string; id: string; patch: RulePatch },
): Promise<Rule> {
  return db.$client.begin(async (sql) => {
    const [before] = await sql<RowOf<typeof columns>[]>`
      select ${columns.list(sql)} from rule where id = ${id} and team_id = ${team} for update`;
    if (before === undefined) throw missing("rule");
    const about = { what: "rule", id, name: before.name };
    const { value: rule, unreadable } = readRow(ruleSchema, { ...before, ...patch }, about);
    if (rule === null) throw cannotRead(unreadable);
    await checkParts(sql, team, rule);
    await sql`
      update rule set name = ${rule.name}, project_id = ${rule.project}, condition = ${jsonb(sql, rule.condition)},
        level = ${rule.level}, channels = ${rule.channels}::uuid[], cooldown_ms = ${rule.cooldownMs}, enabled = ${rule.enabled}
      where id = ${id} and team_id = ${team}`;
    // What it remembers was of another condition.
    if (patch.condition !== undefined) await sql`delete from rule_state where rule_id = ${id}`;
    return rule;
  });
}

export async function deleteRule(db: Database, { team, id }: { team: string; id: string }): Promise<void> {
  const gone = await db.$client`delete from rule where id = ${id} and team_id = ${team} returning id`;
  if (gone.length === 0) throw missing("rule");
}

async function checkParts(sql: Client | Transaction, team: string, rule: RuleCreate): Promise<void> {
  if (rule.project !== null) {
    const found = await sql`select 1 from project where id = ${rule.project} and team_id = ${team}`;
    if (found.length === 0) throw missing("project");
  }
  const wanted = [...new Set(rule.channels)];
  const found = await sql`select 1 from channel where id = any(${wanted}::uuid[]) and team_id = ${team}`;
  if (found.length !== wanted.length) throw missing("channel");
}

const channelColumns = selectColumns(channelTable, "id", "name", "target");
type ChannelRow = RowOf<typeof channelColumns>;

const storedChannelSchema = channelSchema.pick({ id: true }).extend(channelCreateSchema.shape);

const aboutChannel = ({ id, name }: ChannelRow) => ({ what: "channel", id, name });

function toChannel({ id, name, target }: ChannelCreate & { id: string }): Channel {
  const address = target.type === "email" ? target.to.join(", ") : new URL(target.url).origin;
  return { id, name, type: target.type, address };
}

export async function listChannels(db: Database, { team }: { team: string }): Promise<ChannelList> {
  const rows = await db.$client<ChannelRow[]>`
    select ${channelColumns.list(db.$client)} from channel where team_id = ${team} order by created_at_ms, id`;
  const { values, unreadable } = readRows(storedChannelSchema, rows, aboutChannel);
  return { channels: values.map(toChannel), unreadable };
}

/** Throws `conflict` when the team has as many as it may have. */
export async function createChannel(
  db: Database,
  { team, channel, most = Number.POSITIVE_INFINITY }: { team: string; channel: ChannelCreate; most?: number },
): Promise<Channel> {
  const id = uuidv7();
  await db.$client.begin(async (sql) => {
    await checkRoom(sql, { team, what: "channel", most });
    await sql`
      insert into channel (id, team_id, name, target, created_at_ms)
      values (${id}, ${team}, ${channel.name}, ${jsonb(sql, channel.target)}, ${systemClock.wallMs()})`;
  });
  return toChannel({ id, ...channel });
}

/** With what is secret in it: for the sender alone. Throws `not_found`, and `conflict` when it cannot be read. */
export async function readChannelTarget(
  db: Database,
  { team, id }: { team: string; id: string },
): Promise<ChannelTarget> {
  const [row] = await db.$client<ChannelRow[]>`
    select ${channelColumns.list(db.$client)} from channel where id = ${id} and team_id = ${team}`;
  if (row === undefined) throw missing("channel");
  const { value, unreadable } = readRow(storedChannelSchema, row, aboutChannel(row));
  if (value === null) throw cannotRead(unreadable);
  return value.target;
}

/** Its undelivered messages go with it. */
export async function deleteChannel(db: Database, { team, id }: { team: string; id: string }): Promise<void> {
  await db.$client.begin(async (sql) => {
    const gone = await sql`delete from channel where id = ${id} and team_id = ${team} returning id`;
    if (gone.length === 0) throw missing("channel");
    await sql`update rule set channels = array_remove(channels, ${id}::uuid) where team_id = ${team}`;
  });
}

const DEFAULT_RULES: readonly Pick<RuleCreate, "name" | "condition" | "level">[] = [
  {
    name: "Any feature becomes functional or vestigial",
    condition: { type: "lifecycle", feature: null, to: ["functional", "vestigial"] },
    level: "info",
  },
  {
    name: "A run fails or falls silent",
    condition: { type: "run_state", states: ["failed", "crashed", "stalled"] },
    level: "error",
  },
  { name: "A loss is not a number", condition: { type: "nan", series: "*loss*" }, level: "error" },
  { name: "The script raises an alert", condition: { type: "script", level: "info" }, level: "info" },
];

/** The rules of a new team, which tell the dashboard. */
export async function addDefaultRules(db: Database, { team }: { team: string }): Promise<void> {
  for (const each of DEFAULT_RULES) {
    await createRule(db, { team, rule: { ...each, project: null, channels: [], cooldownMs: 60_000, enabled: true } });
  }
}
