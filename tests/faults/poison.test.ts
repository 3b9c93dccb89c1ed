import { readFile } from "node:fs/promises";
import { callHub } from "@tailbone/client/call-hub";
import { openTestDatabase, type TestDatabase } from "@tailbone/db/server/testing";
import { decodeFrame } from "@tailbone/protocol/frame";
import { consoleListSchema, featureListSchema } from "@tailbone/protocol/http";
import { alertListSchema } from "@tailbone/protocol/rules";
import { runDetailSchema } from "@tailbone/protocol/run";
import { init, type Run } from "tailbone";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPoints } from "../support/points";
import { openPlace, type Place, type Stack, startStack } from "../support/stack";

let database: TestDatabase;
let place: Place;
let stack: Stack;

beforeEach(async () => {
  database = await openTestDatabase();
  place = await openPlace({ DATABASE_URL: database.url });
  stack = await startStack(place, { dashboard: false });
});

afterEach(async () => {
  await stack.stop();
  await place.remove();
  await database.close();
});

const start = (): Promise<Run> =>
  init({
    project: "poison",
    url: stack.url,
    apiKey: stack.key,
    dir: place.env.TAILBONE_DATA ?? "",
    console: false,
    system: false,
    quiet: true,
  });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

test("a frame that cannot be stored is set aside, the run says so and counts its points, and everything else is stored", async () => {
  await database.refuseRows("alert", "new.title = 'poison'");
  const run = await start();
  for (let n = 0; n < 100; n++) {
    run.log({ n }, { step: n });
    if (n === 50) run.alert({ title: "poison" });
    if (n % 10 === 0) await pause(30);
  }
  run.alert({ title: "no poison" });
  await run.finish();

  const detail = await callHub(stack.hub, runDetailSchema, `/runs/${run.id}`);
  const { lines } = await callHub(stack.hub, consoleListSchema, `/runs/${run.id}/console`);
  const said = /^Tailbone: one frame could not be stored, (\d+) points; it lies in (.*)\.$/.exec(lines[0]?.text ?? "");
  const aside = decodeFrame(new Uint8Array(await readFile(said?.[2] ?? expect.fail(JSON.stringify(lines)))));
  expect(aside.records).toMatchObject([{ type: "alert", title: "poison" }]);
  const lost = aside.groups.flatMap(({ steps }) => [...steps]);
  expect(lost.length).toBe(Number(said?.[1]));
  expect((await readPoints(stack, run.id, "n")).steps).toEqual(upTo(100).filter((n) => !lost.includes(n)));
  expect(detail).toMatchObject({ state: "finished", points: 100 - lost.length, droppedPoints: lost.length });
  const { alerts } = await callHub(stack.hub, alertListSchema, "/alerts", { query: { run: run.id } });
  expect(alerts.map(({ title }) => title)).toEqual(["no poison"]);
});

test("NUL in any text is no poison: it is replaced, and stored", async () => {
  const run = await start();
  run.feature("patch", { layer: "hid\0den" });
  run.config({ "a\0b": "c\0d" });
  run.alert({ title: "a\0lert", text: "\0" });
  run.log({ n: 1 });
  await run.finish();
  const detail = await callHub(stack.hub, runDetailSchema, `/runs/${run.id}`);
  expect(detail).toMatchObject({ state: "finished", points: 1, droppedPoints: 0, config: { "a\u2400b": "c\u2400d" } });
  const { features } = await callHub(stack.hub, featureListSchema, `/runs/${run.id}/features`);
  expect(features).toMatchObject([{ name: "patch", layer: "hid\u2400den" }]);
});
