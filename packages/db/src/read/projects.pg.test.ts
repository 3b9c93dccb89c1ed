import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deleteRun, patchRun } from "../append/change-run";
import { openWriter } from "../append/open-writer";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { findProject, getProject, listProjects } from "./projects";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function openRun(team: string, project: string, nowMs: number): Promise<string> {
  const run = randomUUID();
  const request = { run, writer: randomUUID(), project, mode: "create" as const, config: {}, tags: [], startedAtMs: 0 };
  await openWriter(database.db, { team, createdBy: "test", nowMs, request });
  return run;
}

test("projects are counted each by itself, the last active first, those without runs at the end, and no other team's", async () => {
  const { db } = database;
  const [team, other] = [await database.addTeam(), await database.addTeam()];
  await openRun(team, "early", 10);
  const ended = await openRun(team, "late", 20);
  await openRun(team, "late", 30);
  const only = await openRun(team, "emptied", 40);
  await openRun(other, "late", 50);
  await patchRun(db, { team, run: ended, patch: { state: "finished" } });
  await deleteRun(db, { team, run: only });
  const { projects: listed } = await listProjects(db, { team });
  expect(listed.map(({ id: _, createdAtMs: __, ...rest }) => rest)).toEqual([
    { name: "late", runs: 2, running: 1, lastActiveAtMs: 30 },
    { name: "early", runs: 1, running: 1, lastActiveAtMs: 10 },
    { name: "emptied", runs: 0, running: 0, lastActiveAtMs: null },
  ]);
  for (const project of listed) {
    expect(await getProject(db, { team, project: project.name })).toEqual(project);
    expect(await getProject(db, { team, project: project.id })).toEqual(project);
    expect(await findProject(db, { team, project: project.name })).toBe(project.id);
    await expect(findProject(db, { team: other, project: project.id })).rejects.toMatchObject({ code: "not_found" });
  }
});
