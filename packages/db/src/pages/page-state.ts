import { TailboneError } from "@tailbone/protocol/errors";
import { LIMITS, utf8Length } from "@tailbone/protocol/limits";
import { type PageState, readPageState, type SavedPage, type SavedStates } from "@tailbone/protocol/page-state/saved";
import { jsonb, storableJson } from "../append/stored-text";
import { findProject } from "../read/projects";
import { pageState } from "../schema/pages";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";

/** Which page's state, of which project. */
interface PagePlace {
  readonly team: string;
  readonly project: string;
  readonly page: SavedPage;
}

/** A state as it was saved by some version of Tailbone. */
const columns = selectColumns(pageState, "revision", "state", "savedBy", "savedAtMs");
type StoredPage = RowOf<typeof columns>;

/** What is kept of a page. Throws `not_found` where the team has no such project. */
export async function getPageState(db: Database, place: PagePlace): Promise<PageState> {
  await findProject(db, place);
  return tell(place.page, await readStored(db, place));
}

/** What cannot be read is told, and kept as it is until somebody saves over it. */
function tell(page: SavedPage, stored: StoredPage | null): PageState {
  if (stored === null) return { revision: 0, state: null, unreadable: null, savedBy: null, savedAtMs: null };
  const { revision, savedBy, savedAtMs } = stored;
  try {
    return { revision, state: readPageState(page, stored.state), unreadable: null, savedBy, savedAtMs };
  } catch (error) {
    if (!(error instanceof TailboneError)) throw error;
    return { revision, state: null, unreadable: `${error.message} ${error.hint}`, savedBy, savedAtMs };
  }
}

async function readStored(db: Database, { team, project, page }: PagePlace): Promise<StoredPage | null> {
  const [stored] = await db.$client<StoredPage[]>`
    select ${columns.list(db.$client)} from page_state
    where team_id = ${team} and project_id = ${project} and page = ${page}`;
  return stored ?? null;
}

interface PageChange {
  readonly state: SavedStates[SavedPage];
  /** The revision that the change goes on from; 0: none. */
  readonly revision: number;
  readonly by: string;
  readonly nowMs: number;
}

/**
 * Saves a page's state, and returns it. Throws `conflict` where another revision was saved meanwhile, `too_large`, and
 * `not_found` where the team has no such project.
 */
export async function savePageState(db: Database, place: PagePlace, change: PageChange): Promise<PageState> {
  const sql = db.$client;
  const { team, project, page } = place;
  const { state, revision, by, nowMs } = change;
  if (utf8Length(storableJson(state)) > LIMITS.pageStateBytes) {
    throw new TailboneError(
      "too_large",
      `The state of the page would be larger than ${LIMITS.pageStateBytes} bytes.`,
      "A pattern stands for many series: let panels have patterns in place of long lists.",
    );
  }
  await findProject(db, place);
  const [saved] =
    revision === 0
      ? await sql<StoredPage[]>`
        insert into page_state (team_id, project_id, page, revision, state, saved_by, saved_at_ms)
        values (${team}, ${project}, ${page}, 1, ${jsonb(sql, state)}, ${by}, ${nowMs})
        on conflict do nothing returning ${columns.list(sql)}`
      : await sql<StoredPage[]>`
        update page_state
        set revision = revision + 1, state = ${jsonb(sql, state)}, saved_by = ${by}, saved_at_ms = ${nowMs}
        where team_id = ${team} and project_id = ${project} and page = ${page} and revision = ${revision}
        returning ${columns.list(sql)}`;
  if (saved !== undefined) return tell(page, saved);
  const other = await readStored(db, place);
  throw new TailboneError(
    "conflict",
    other === null ? "There is nothing saved that could be changed." : `${other.savedBy} has changed this meanwhile.`,
    "Read it again, and make your change to what is there now.",
  );
}
