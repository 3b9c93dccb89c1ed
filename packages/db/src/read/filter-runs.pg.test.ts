import { randomUUID } from "node:crypto";
import { TailboneError } from "@tailbone/protocol/errors";
import type { JsonObject } from "@tailbone/protocol/json";
import type { RunRecord } from "@tailbone/protocol/records";
import type { OpenWriter } from "@tailbone/protocol/run";
import { filterArbitrary, soupArbitrary } from "@tailbone/query/filter.test-util";
import { FilterError } from "@tailbone/query/filter-error";
import { parsePattern } from "@tailbone/query/pattern";
import { printFilter } from "@tailbone/query/print-filter";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendFrames } from "../append/append-frames";
import { patchRun } from "../append/change-run";
import { openWriter } from "../append/open-writer";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { listRuns } from "./list-runs";
import { printForPostgres } from "./print-pattern";

const NOW = Date.parse("2026-02-01T00:00:00Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let database: TestDatabase;
let team: string;
let otherTeam: string;

const host = {
  hostname: "node7",
  platform: "linux",
  cpuModel: "x",
  cpuCount: 1,
  memoryBytes: 1,
  gpus: [],
  nodeVersion: "20",
  sdkVersion: "1",
  pid: 1,
  command: "train",
  workingDirectory: "/",
  gitCommit: "abc1234",
};

interface Made {
  of?: string;
  by?: string;
  name: string;
  project?: string;
  tags?: string[];
  config?: JsonObject;
  host?: OpenWriter["host"];
  /** Before now; it took until `endedAgoMs`. */
  startedAgoMs: number;
  endedAgoMs?: number;
  loss?: number[];
  records?: RunRecord[];
  state?: "finished" | "failed";
}

async function make({ of = team, by = "ana", project = "digits", ...made }: Made): Promise<string> {
  const [run, writer] = [randomUUID(), randomUUID()];
  const startedAtMs = NOW - made.startedAgoMs;
  const nowMs = NOW - (made.endedAgoMs ?? made.startedAgoMs);
  await openWriter(database.db, {
    team: of,
    createdBy: by,
    nowMs: startedAtMs,
    request: {
      run,
      writer,
      project,
      name: made.name,
      mode: "create",
      config: made.config ?? {},
      tags: made.tags ?? [],
      startedAtMs,
      host: made.host,
    },
  });
  const values = Float64Array.from(made.loss ?? []);
  const steps = values.map((_, index) => index);
  const groups = values.length === 0 ? [] : [{ names: ["loss"], steps, timesMs: steps, values: [values] }];
  const frame = { sequence: 0, sealedAtMs: startedAtMs, groups, records: made.records ?? [] };
  await appendFrames(database.db, { team: of, run, writer, nowMs, frames: [frame] });
  if (made.state !== undefined) await patchRun(database.db, { team: of, run, nowMs, patch: { state: made.state } });
  return run;
}

const share = (value: number, half: number) => ({
  value,
  low: value - half,
  high: value + half,
  n: 1000,
  control: 0,
  unit: "share",
});

/** A feature that is functional from step 100 on and, if it turns, vestigial from step 1000 on. */
const readingsOf = (turns: boolean): RunRecord[] =>
  Array.from({ length: 12 }, (_, index) => 100 * (index + 1)).map((step) => ({
    type: "reading",
    timeMs: step,
    feature: "patch",
    step,
    encoded: share(0.8, 0.02),
    used: turns && step >= 1000 ? share(0.001, 0.002) : share(0.1, 0.002),
    benefit: turns && step >= 1000 ? share(0, 0.01) : share(0.3, 0.01),
    learnt: 0.9,
    untrained: 0.1,
    intervention: "swap",
    shift: null,
    marks: [],
    note: "",
  }));

beforeAll(async () => {
  database = await openTestDatabase();
  team = await database.addTeam("ours");
  otherTeam = await database.addTeam("theirs");
  await make({
    name: "adam 1",
    tags: ["baseline", "a"],
    config: { lr: 1e-3, optimizer: "adam", momentum: null, "data.path": "../mnist", net: { width: 64, wide: true } },
    host,
    startedAgoMs: 10 * DAY,
    endedAgoMs: 10 * DAY - 3 * HOUR,
    loss: [4, 2, 0.1],
    records: readingsOf(true),
    state: "finished",
  });
  await make({
    name: "adamw 2",
    by: "key ci",
    tags: ["b"],
    config: { lr: 0.01, optimizer: "adamw", momentum: 0.9, seed: "3", layers: [64, 32] },
    startedAgoMs: 2 * DAY,
    endedAgoMs: 2 * DAY - 60_000,
    loss: [1, Number.NaN, 3, Number.POSITIVE_INFINITY],
    records: readingsOf(false),
    state: "failed",
  });
  await make({
    name: "sgd 3 100%",
    project: "other",
    tags: ["k:v", 'q"uote'],
    config: { optimizer: "SGD", seed: 3, note: "it's" },
    startedAgoMs: HOUR,
    loss: [5, Number.NaN],
  });
  await make({ name: "bare 4", startedAgoMs: 0 });
  await make({
    of: otherTeam,
    name: "adam theirs",
    tags: ["baseline", "a", "b"],
    config: { lr: 1e-3, optimizer: "adam" },
    host,
    startedAgoMs: DAY,
    loss: [0.1],
    records: readingsOf(true),
  });
});
afterAll(() => database.close());

const list = (filter: string, of = team) =>
  listRuns(database.db, { team: of, filter, sort: "name", limit: 100, nowMs: NOW });

/** The last words of the names of the runs that are found: `1 2 3 4`. */
async function find(filter: string): Promise<string> {
  const { runs, total } = await list(filter);
  expect(total).toBe(runs.length);
  const numbers = runs.map(({ name }) => name.split(" ")[1] ?? "");
  return numbers.sort().join(" ");
}

describe("a filter of runs finds", () => {
  test.each([
    // What could be typed before there was a language.
    ["", "1 2 3 4"],
    ["ADAM", "1 2"],
    ["adam base", "1"],
    ["100%", "3"],
    ["0%", "3"],
    ["_", ""],
    ["state=running", "3 4"],
    ["state:fin", "1"],
    ["tag=base", "1"],
    ["tag=k:v", "3"],
    // Texts: a part, or in quotes and lists the whole.
    ["name:adam", "1 2"],
    ['name="adam 1"', "1"],
    ['name="adam"', ""],
    ["tag!=b", "3 4"],
    ['tag!="b"', "1 3 4"],
    ["tag:[a, b]", "1 2"],
    ["tag=null", "4"],
    ["tag!=null", "1 2 3"],
    ["project=other", "3"],
    ["person=ci", "2"],
    ["host=node7 commit:abc", "1"],
    ["host=null", "2 3 4"],
    ["notes=null", "1 2 3 4"],
    // Values of the config: the whole, or with : a part.
    ["config.optimizer=adam", "1"],
    ["config.optimizer:adam", "1 2"],
    ["config.optimizer=sgd", "3"],
    ["config.optimizer!=adam", "2 3 4"],
    ["config.lr<1e-2", "1"],
    ["config.lr<=1e-2", "1 2"],
    ["config.lr>0.001", "2"],
    ["config.lr:1e-3..1e-2", "1 2"],
    ["config.lr!=0.01", "1 3 4"],
    ["config.lr=null", "3 4"],
    ["config.momentum=null", "1 3 4"],
    ["config.momentum!=null", "2"],
    ["config.optimizer=adam OR has:config.momentum", "1 2"],
    ["config.seed=3", "2 3"],
    ["config.seed>2", "3"],
    ["config.seed:[3, 4]", "2 3"],
    ["config.net.width=64", "1"],
    ["config.net.wide=true", "1"],
    ["config.data.path=../mnist", "1"],
    ["config.layers:64", ""],
    ['config.layers:"64"', "2"],
    ['config.note="it\'s"', "3"],
    // Times and spans.
    ["started>-7d", "2 3 4"],
    ["started<-7d", "1"],
    ["started=2026-01-30", "2"],
    ["started:2026-01-30..2026-01-31", "2 3"],
    ["started>2026-01-30", "3 4"],
    ["started>=2026-01-30", "2 3 4"],
    ["started<=2026-01-30", "1 2"],
    ["started:2026-01", "1 2 3"],
    ["finished!=null", "1 2"],
    ["duration>=3h", "1"],
    ["duration:30s..2h", "2"],
    ["duration=60s", "2"],
    // Numbers of the run, its series and its features.
    ["step>=2 points<4", "1"],
    ["number:[1, 3]", "1 3"],
    ["last(loss)<0.2", "1"],
    ["last(loss)>0", "1 2"],
    ["last(loss)=nan", "3"],
    ["last(loss)=inf", "2"],
    ["last(loss)!=null", "1 2 3"],
    ["last(loss)=null", "4"],
    ["-last(loss)>0", "3 4"],
    ["first(loss)>=4", "1 3"],
    ["min(loss)<=1", "1 2"],
    ["max(loss)=3", "2"],
    ["mean(loss)=2", "2"],
    ["count(loss):3..4", "1 2"],
    ["onset(patch)<500", "1 2"],
    ["onset(patch)<500 vestigial(patch):900..1k", "1"],
    ["vestigial(patch)=null", "2 3 4"],
    ["state(patch)=vestigial", "1"],
    ["state(patch):[functional, latent]", "2"],
    ["state(patch)!=functional", "1 3 4"],
    ["has:last(nothing)", ""],
    // Flags, brackets, regular expressions.
    ["is:failed", "2"],
    ["-is:archived", "1 2 3 4"],
    ["NOT (adam | is:running)", ""],
    ["(is:finished OR is:failed) -(tag=a config.lr=1e-3)", "2"],
    ["-(-(-adam))", "3 4"],
    ["name~/^adam \\d$/", "1"],
    ["name!~/^adam/", "3 4"],
    ["/ADAM/", ""],
    ["/(?i)^ADAM|^base/", "1 2"],
    ["tag~/^[ab]$/", "1 2"],
    ["config.optimizer~/w$/", "2"],
  ])("%s", async (filter, expected) => {
    expect(await find(filter)).toBe(expected);
  });
});

/** Keeps everybody from reading runs until `done` is called. */
async function holdRuns(): Promise<{ done: () => void; locked: Promise<unknown> }> {
  let done = () => {};
  const wait = new Promise<void>((resolve) => {
    done = resolve;
  });
  return new Promise((resolve) => {
    const locked = database.db.$client.begin(async (sql) => {
      await sql`lock table run in access exclusive mode`;
      resolve({ done, locked });
      await wait;
    });
  });
}

describe("a filter", () => {
  test("never finds a run of another team", async () => {
    const all = async (of: string) => (await list("", of)).runs.map(({ id }) => id);
    const [ours, theirs] = [await all(team), await all(otherTeam)];
    expect([ours.length, theirs.length]).toEqual([4, 1]);
    for (const filter of ["name:theirs", "tag:[a, b] OR name:adam", "-name:nothing", "onset(patch)<500 | has:host"]) {
      expect((await list(filter)).runs.filter(({ id }) => theirs.includes(id))).toEqual([]);
      expect((await list(filter, otherTeam)).runs.map(({ id }) => id)).toEqual(theirs);
    }
  });

  test("that is turned round finds what it did not, and nothing twice, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(filterArbitrary, async (filter) => {
        const of = (one: typeof filter) => list(printFilter(one)).then(({ runs }) => runs.map(({ id }) => id));
        try {
          const both = [...(await of(filter)), ...(await of({ type: "not", of: filter }))];
          expect([both.length, new Set(both).size]).toEqual([4, 4]);
        } catch (error) {
          // Of what was at a step there is nothing to find.
          expect(error).toBeInstanceOf(FilterError);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("of any text finds runs or is refused, and what is in it is no SQL", async () => {
    const hostile = [
      "'",
      "''; drop table run; --",
      '"; drop table run; --',
      "$1",
      "\\",
      "%",
      "\0",
      "*/",
      "{1}",
      "\ud800",
    ];
    const field = fc.constantFrom("name=", "tag:", "config.", 'config."', "last(", "name~/", "id=", "/", '"', "host:[");
    const text = fc.tuple(field, fc.constantFrom(...hostile), soupArbitrary).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, soupArbitrary), async (filter) => {
        await list(filter).catch((error: unknown) => expect(error).toBeInstanceOf(FilterError));
      }),
      { numRuns: 300 },
    );
    for (const value of hostile) {
      const quoted = `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
      for (const filter of [`name=${quoted}`, `config.${quoted}=${quoted}`, `last(${quoted})>1`, `tag:[${quoted}]`]) {
        expect([filter, (await list(filter)).total]).toEqual([filter, 0]);
      }
    }
    expect(await find('config.note="it\'s" tag:"q\\"uote"')).toBe("3");
    expect(await find("")).toBe("1 2 3 4");
  });

  test("that is too long or too deep is refused at once", async () => {
    for (const filter of ["(".repeat(10_000), "x".repeat(1_000_000), `${"-".repeat(41)}x`, "a ".repeat(201)]) {
      await expect(list(filter)).rejects.toBeInstanceOf(FilterError);
    }
    expect(await find(`${"(".repeat(39)}adam${")".repeat(39)}`)).toBe("1 2");
    expect(await find(`x${" OR onset(patch)<500".repeat(199)}`)).toBe("1 2");
  });

  test("that takes too long is given up, and says so", async () => {
    const { done, locked } = await holdRuns();
    const query = { team, filter: "adam", sort: "name", limit: 1, nowMs: NOW, longestMs: 50 };
    await expect(listRuns(database.db, query)).rejects.toMatchObject({
      code: "bad_request",
      message: "The filter asks for too much: the runs were not found in time.",
    });
    done();
    await locked;
    expect(await find("adam")).toBe("1 2");
  });

  test("that asks for what a series was at one step says where it does", async () => {
    const error = await list("adam last(loss@100)<1").catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "bad_request", place: { from: 5, to: 19 } });
    expect(error).toBeInstanceOf(TailboneError);
  });
});

describe("a regular expression", () => {
  const atom = fc.oneof(
    fc.constantFrom(
      ..."ab1_ -é",
      "\\d",
      "\\w",
      "\\S",
      "\\W",
      ".",
      "[a-c]",
      "[^b\\d]",
      "[\\W1]",
      "\\.",
      "[.\\]-]",
      "\\b",
    ),
  );
  const times = fc.constantFrom("", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?");
  const part = fc.tuple(atom, times).map(([one, many]) => (one === "\\b" ? one : one + many));
  const sequence = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
  const grouped = fc
    .tuple(sequence, sequence, times, fc.constantFrom("", "^"), fc.constantFrom("", "$"))
    .map(([a, b, many, start, end]) => `${start}(${a}|${b})${many}${end}`);
  const text = fc.array(fc.constantFrom(..."abcd12_ -.]éB"), { maxLength: 6 }).map((parts) => parts.join(""));

  test("means to PostgreSQL what it means to JavaScript", async () => {
    const sql = database.db.$client;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(sequence, grouped),
        fc.array(text, { minLength: 1, maxLength: 8 }),
        async (source, texts) => {
          const written = printForPostgres(parsePattern(source));
          const rows = await sql<{ fits: boolean }[]>`
          select one ~ ${written} as fits from unnest(${texts}::text[]) with ordinality as each (one, place) order by place`;
          // \b and \w are of ASCII in RE2, and \b alone is of Unicode in PostgreSQL.
          if (source.includes("\\b") && texts.some((one) => one.includes("é"))) return;
          const regex = new RegExp(source, "u");
          expect({ source, texts, fits: rows.map(({ fits }) => fits) }).toEqual({
            source,
            texts,
            fits: texts.map((one) => regex.test(one)),
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  const withLongNotes = async (pattern: string) => {
    const [bare] = (await list("name:bare")).runs;
    await patchRun(database.db, { team, run: bare?.id ?? "", patch: { notes: "a".repeat(64 * 1024 - 1) } });
    return list(`notes~/${pattern}/`);
  };

  test.each([
    "(a*)*b",
    "(a|a)*b",
    "(a|aa)+$b",
    "(.*)*(.*)*c",
    "(.*a.*b?){50}c",
    "(?:(?:a*)*(?:a*)*){40}c",
    "(\\w?\\d?[a-f]?.?){50}c",
    "(?i)(a?b?c?d?e?f?g?h?i?j?k?l?m?n?o?p?q?r?){15}c",
  ])("that makes others go back for ever is answered on a text of 64 KiB: %s", async (pattern) => {
    expect((await withLongNotes(pattern)).total).toBe(0);
  });

  test("that is too large for PostgreSQL is refused", async () => {
    await expect(withLongNotes("(\\by?\\By?){55}c")).rejects.toMatchObject({
      code: "bad_request",
      message: "The filter asks for too much: a regular expression is too large.",
    });
  });
});
