import type { JsonObject } from "@tailbone/protocol/json";
import type { RunRecord } from "@tailbone/protocol/records";
import { v7 as uuidv7 } from "uuid";
import { appendFrames } from "../append/append-frames";
import { deleteRun } from "../append/change-run";
import { openWriter } from "../append/open-writer";
import { getRunDetail } from "../read/get-run";
import { listEvents, listFeatures } from "../read/list-life";
import { listCheckpoints, listConsole } from "../read/list-records";
import { listRuns } from "../read/list-runs";
import { listSeries } from "../read/list-series";
import { getProject, listProjects } from "../read/projects";
import { queryBuckets } from "../read/query-buckets";
import { queryRawPoints } from "../read/query-raw-points";
import { countUnread, readAlerts } from "../rules/alerts";
import { listDeliveries } from "../rules/outbox";
import { createChannel, createRule, listChannels, listRules } from "../rules/rules";
import type { Database } from "./database";

/*
 * A small database with rows in every table, as trainings and people make them: two trainings that were appended to by
 * turns, one of them resumed further back, with readings, alerts and what came of them; another team's; and one that
 * was deleted.
 */

/** What of the sample is gone on with. */
export interface Sample {
  team: string;
  /** Its first training goes on. */
  runs: string[];
  writer: string;
  otherTeam: string;
  otherRun: string;
}

const FRAMES = 24;

export async function writeSample(db: Database): Promise<Sample> {
  const sql = db.$client;
  const [team, otherTeam] = [uuidv7(), uuidv7()];
  const user = "ana";
  const at = "2026-01-02T03:04:05Z";
  const insert = (table: string, row: Record<string, string | number | boolean | string[]>) =>
    sql`insert into ${sql(table)} ${sql(row)}`;
  for (const id of [team, otherTeam]) await insert("organization", { id, name: "team", slug: id });
  await insert("user", { id: user, name: "Ana", email: "ana@example.org" });
  await insert("account", { id: "a", account_id: "a", provider_id: "credential", user_id: user, password: "hash" });
  await insert("member", { id: "m", organization_id: team, user_id: user, role: "owner" });
  await insert("session", { id: "s", token: "t", user_id: user, expires_at: at });
  await insert("two_factor", { id: "f", secret: "s", backup_codes: "[]", user_id: user });
  await insert("verification", { id: "v", identifier: "i", value: "v", expires_at: at });
  await insert("invitation", { id: "i", organization_id: team, email: "b@c.org", expires_at: at, inviter_id: user });
  await insert("apikey", { id: "k", name: "ci", reference_id: team, key: "hash", scopes: ["ingest"], created_at: at });
  await insert("security_event", { action: "signed_in", what: "a session", team_id: team, user_id: user });

  const target = { type: "webhook" as const, url: "https://example.org/hook", secret: "0123456789abcdef" };
  const channels = [
    (await createChannel(db, { team, channel: { name: "first", target } })).id,
    (await createChannel(db, { team, channel: { name: "second", target } })).id,
  ];
  const rule = { project: null, level: "error" as const, channels, cooldownMs: 0, enabled: true };
  await createRule(db, { team, rule: { ...rule, name: "nan", condition: { type: "nan", series: "*loss*" } } });
  const lifecycle = { type: "lifecycle" as const, feature: null, to: ["functional" as const, "vestigial" as const] };
  await createRule(db, { team, rule: { ...rule, name: "life", condition: lifecycle } });
  await createRule(db, { team, rule: { ...rule, name: "told", condition: { type: "script", level: "error" } } });

  const [first, second, gone, other] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  const [writer, beside, resumed, theirs] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await open(db, team, first, writer, 1000, { lr: 0.1 });
  await open(db, team, second, beside, 1000, { lr: 0.2 });
  await open(db, team, gone, uuidv7(), 1000, {});
  await open(db, otherTeam, other, theirs, 1000, {});
  for (let sequence = 0; sequence < FRAMES; sequence++) {
    await append(db, { team, run: first, writer }, sequence);
    await append(db, { team, run: second, writer: beside }, sequence);
    if (sequence < 3) await append(db, { team: otherTeam, run: other, writer: theirs }, sequence);
  }
  await open(db, team, second, resumed, 5000, { lr: 0.3 });
  for (let sequence = 0; sequence < 3; sequence++) {
    await append(db, { team, run: second, writer: resumed }, sequence, { from: 10, atMs: 5000 });
  }
  await deleteRun(db, { team, run: gone });
  const { id: project } = await getProject(db, { team, project: "p" });
  const state = JSON.stringify({ version: 1 });
  const saved = { team_id: team, project_id: project, page: "run", revision: 1, state, saved_by: user, saved_at_ms: 1 };
  await insert("page_state", saved);
  // One of each state.
  await sql`update delivery set state = 'dead', attempts = 8, error = 'away' where channel_id = ${channels[0] ?? ""}`;
  await sql`
    update delivery set state = 'delivered', attempts = 1, delivered_at_ms = 9000
    where channel_id = ${channels[1] ?? ""} and alert_id = (select min(alert_id::text)::uuid from delivery)`;
  return { team, runs: [first, second], writer, otherTeam, otherRun: other };
}

/** The next frame of the training that goes on. */
export const appendToSample = (db: Database, { team, runs: [run = ""], writer }: Sample, sequence: number) =>
  append(db, { team, run, writer }, sequence);

async function open(
  db: Database,
  team: string,
  run: string,
  writer: string,
  startedAtMs: number,
  config: JsonObject,
): Promise<void> {
  const request = { run, writer, project: "p", mode: "create" as const, config, tags: ["sample"], startedAtMs };
  await openWriter(db, { team, createdBy: "ana", nowMs: startedAtMs, request });
}

/** A frame with something of everything: points of two series, now and then of a new one, and records. */
function append(
  db: Database,
  address: { team: string; run: string; writer: string },
  sequence: number,
  { from = 0, atMs = 1000 } = {},
) {
  const timeMs = atMs + 100 * sequence;
  const steps = Float64Array.from({ length: 8 }, (_, index) => from + sequence + index / 8);
  const timesMs = steps.map((_, index) => timeMs + index);
  const values = steps.map((step) => Math.sin(step));
  const odd = steps.map((_, index) => [1, Number.NaN, Number.POSITIVE_INFINITY, -2][(sequence + index) % 4] ?? 0);
  const late = sequence % 4 > 0 ? [] : [{ names: [`late/${sequence}`], steps, timesMs, values: [values] }];
  const groups = [{ names: ["wave", "odd loss"], steps, timesMs, values: [values, odd] }, ...late];
  return appendFrames(db, {
    ...address,
    frames: [{ sequence, sealedAtMs: timeMs, groups, records: recordsOf(sequence, timeMs) }],
    nowMs: timeMs,
  });
}

function recordsOf(sequence: number, timeMs: number): RunRecord[] {
  const weights = sequence % 2 === 0 ? { weights: { path: `w${sequence}`, bytes: sequence } } : {};
  const records: RunRecord[] = [
    { type: "console", timeMs, stream: "stdout", text: `line ${sequence}` },
    { type: "console", timeMs, stream: "stderr", text: `beside it, ${sequence}` },
    { type: "checkpoint", timeMs, step: sequence, metrics: { accuracy: sequence / 100, broken: "NaN" }, ...weights },
  ];
  if (sequence === 0) records.push({ type: "feature", timeMs, name: "patch", layer: "hidden", settings: {} });
  const share = (value: number, half: number) => ({
    value,
    low: value - half,
    high: value + half,
    n: 1000,
    control: 0,
    unit: "share",
  });
  for (const feature of ["patch", "shape"]) {
    const isUsed = feature === "shape" || sequence < 15;
    records.push({
      type: "reading",
      timeMs,
      feature,
      step: sequence,
      encoded: share(0.8, 0.02),
      used: share(isUsed ? 0.1 : 0.001, 0.002),
      benefit: share(isUsed ? 0.3 : 0, 0.01),
      learnt: 0.9,
      untrained: 0.1,
      intervention: "swap",
      shift: null,
      marks: [],
      note: "",
    });
  }
  if (sequence % 8 === 7)
    records.push({ type: "alert", timeMs, step: sequence, title: "told", text: "", level: "error" });
  return records;
}

/** What the readers say of it all. */
export async function readSample(db: Database, { team, runs, otherTeam, otherRun }: Sample) {
  const ofRun = async (owner: string, run: string) => {
    const address = { team: owner, run };
    const { series } = await listSeries(db, address);
    const names = series.map(({ name }) => name);
    const raw = [];
    for (const name of names) {
      raw.push(await queryRawPoints(db, { ...address, series: name, axis: "step", limit: 5000 }));
    }
    const console = await listConsole(db, { ...address, limit: 1000 });
    const middle = console.lines[Math.floor(console.lines.length / 2)]?.id;
    return {
      detail: await getRunDetail(db, address),
      series,
      raw,
      drawn: await queryBuckets(db, { ...address, series: names, axis: "step", buckets: 20 }),
      late: await queryBuckets(db, { ...address, series: names, axis: "time", from: 1500, to: 2200, buckets: 50 }),
      console,
      older: await listConsole(db, { ...address, before: middle, limit: 7 }),
      checkpoints: (await listCheckpoints(db, address)).checkpoints,
      features: await listFeatures(db, address),
      events: (await listEvents(db, address)).events,
      alerts: await readAlerts(db, address),
    };
  };
  const ofTeam = async (owner: string) => ({
    runs: await listRuns(db, { team: owner, filter: "", sort: "-created", limit: 100 }),
    projects: (await listProjects(db, { team: owner })).projects,
    rules: (await listRules(db, { team: owner })).rules,
    channels: (await listChannels(db, { team: owner })).channels,
    alerts: await readAlerts(db, { team: owner }),
    unread: await countUnread(db, { team: owner }),
    deliveries: (await listDeliveries(db, { team: owner })).deliveries,
  });
  return {
    team: await ofTeam(team),
    runs: await Promise.all(runs.map((run) => ofRun(team, run))),
    otherTeam: await ofTeam(otherTeam),
    otherRun: await ofRun(otherTeam, otherRun),
  };
}
