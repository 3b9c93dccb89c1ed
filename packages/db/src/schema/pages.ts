import { doublePrecision, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { organization } from "./auth";
import { project } from "./run";

/*
 * What a team keeps of its pages.
 */

/** The state of a page for a project, as it was saved last. */
export const pageState = pgTable(
  "page_state",
  {
    teamId: text("team_id")
      .notNull()
      .references(() => organization.id, { onDelete: "cascade" }),
    projectId: uuid("project_id")
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    page: text("page").notNull(),
    /** How often it was saved. */
    revision: integer("revision").notNull(),
    /** As @tailbone/protocol/page-state/saved reads it; it says its version. */
    state: jsonb("state").$type<unknown>().notNull(),
    savedBy: text("saved_by").notNull(),
    savedAtMs: doublePrecision("saved_at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.teamId, table.projectId, table.page] })],
);
