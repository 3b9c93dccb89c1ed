import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listRuns } from "@tailbone/db/read/list-runs";
import { listProjects } from "@tailbone/db/read/projects";
import { closeDatabase, openDatabase } from "@tailbone/db/server/database";
import { openEmbedded } from "@tailbone/db/server/embedded";
import { migrateDatabase } from "@tailbone/db/server/migrate";
import { quantile, report } from "./report";

const RUNS = 100_000;
const PROJECTS = 20;
const ROUNDS = 9;

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await work();
    took.push(performance.now() - started);
  }
  return quantile(took, 0.5);
}

/** What lists cost a team of a hundred thousand runs, each with a config of half a kilobyte. */
export async function benchProjects(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tailbone-bench-"));
  const server = await openEmbedded({ dataDir: join(folder, "pg") });
  await migrateDatabase(server.url);
  const db = openDatabase({ url: server.url });
  const sql = db.$client;
  const team = "team";
  await sql`insert into organization (id, name, slug) values (${team}, 'team', 'team')`;
  await sql`
    insert into project (id, team_id, name, created_at_ms)
    select gen_random_uuid(), ${team}, 'project ' || place, place from generate_series(1, ${PROJECTS}::int) as place`;
  await sql`
    insert into run (id, team_id, project_id, number, name, state, config, created_by, created_at_ms, started_at_ms, seen_at_ms)
    select gen_random_uuid(), ${team}, project.id, place, 'run ' || place, case when place % 500 = 0 then 'running' else 'finished' end,
      json_build_object('notes', repeat('lr ', 160), 'seed', place), 'bench', place, place, place
    from generate_series(1, ${RUNS}::int) as place join project on project.name = 'project ' || (1 + place % ${PROJECTS}::int)`;
  await sql`vacuum analyze run`;

  const list = await medianMs(() => listProjects(db, { team }));
  const joinedFirst = await medianMs(
    () => sql`
      select project.id, project.name, project.created_at_ms, count(run.id)::int as runs,
        (count(run.id) filter (where run.state = 'running'))::int as running, max(run.seen_at_ms) as seen_at_ms
      from project left join run on run.project_id = project.id where project.team_id = ${team}
      group by project.id order by max(run.seen_at_ms) desc nulls last, project.name`,
  );
  report({
    bench: "projects",
    metric: "list_ms",
    value: list,
    unit: "ms",
    baseline: "the same, joined before it is counted",
    baseline_value: joinedFirst,
    ratio: list / joinedFirst,
    runs: RUNS,
  });
  const page = { team, project: "project 7", filter: "", sort: "-created", limit: 50 };
  const whole = { ...page, project: undefined };
  for (const [metric, query] of [
    ["page_of_project_ms", page],
    ["page_of_team_ms", whole],
  ] as const) {
    report({ bench: "projects", metric, value: await medianMs(() => listRuns(db, query)), unit: "ms", runs: RUNS });
  }
  await closeDatabase(db);
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
