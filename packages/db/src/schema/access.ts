import type { KeyScope, SecurityAction } from "@tailbone/protocol/access";
import { bigint, index, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { organization, user } from "./auth";
import { project } from "./run";

/*
 * Who gets in besides people, and who did: API keys, and the security log.
 */

const at = (name: string) => timestamp(name, { withTimezone: true });

export const apikey = pgTable("apikey", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  teamId: text("reference_id")
    .notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  /** SHA-256 of the secret. */
  key: text("key").notNull().unique(),
  /** What the secret begins with, to tell keys apart. */
  start: text("start"),
  scopes: text("scopes").array().$type<KeyScope[]>().notNull(),
  /** Missing: all projects of the team. */
  projectId: uuid("project_id").references(() => project.id, { onDelete: "cascade" }),
  /** Whose key it is: it goes with them. Null: made before that was recorded. */
  createdBy: text("created_by").references(() => user.id, { onDelete: "cascade" }),
  createdAt: at("created_at").notNull(),
  expiresAt: at("expires_at"),
  lastRequest: at("last_request"),
});

/** One thing that happened at the door. `team` is missing where it concerns the account and not a team. */
export const securityEvent = pgTable(
  "security_event",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: at("at").notNull().defaultNow(),
    teamId: text("team_id").references(() => organization.id, { onDelete: "cascade" }),
    userId: text("user_id").references(() => user.id, { onDelete: "set null" }),
    /** Who, as they were called then. */
    who: text("who"),
    /** From where: the peer's address, and what it calls itself. */
    address: text("address"),
    agent: text("agent"),
    action: text("action").$type<SecurityAction>().notNull(),
    /** What it was done to or asked for. */
    what: text("what").notNull(),
    /** How often in the minute that began at `at`. */
    times: integer("times").notNull().default(1),
  },
  (table) => [
    index("security_event_team").on(table.teamId, table.id),
    index("security_event_user").on(table.userId, table.id),
    index("security_event_at").on(table.at),
  ],
);
