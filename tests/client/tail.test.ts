import { afterAll, beforeAll, expect, test } from "vitest";
import { TcpProxy } from "../faults/tcp-proxy";
import { readPoints } from "../support/points";
import { type Child, spawnNode } from "../support/processes";
import { cliEntry, openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

/* `tailbone runs tail` over a network that is cut, and a hub that forgets what it had at hand. */

/** So many that the training goes on until the hub is back, on a busy machine too. */
const STEPS = 4000;

let place: Place;
let stack: Stack;
let proxy: TcpProxy;
const children: Child[] = [];

beforeAll(async () => {
  place = await openPlace();
  stack = await startStack(place, { dashboard: false });
  proxy = await TcpProxy.open(Number(new URL(place.url).port));
});
afterAll(async () => {
  await Promise.all(children.map((child) => child.kill("SIGKILL")));
  await proxy?.close();
  await stack?.stop();
  await place?.remove();
});

function start(...args: string[]): Child {
  const child = spawnNode(args, { env: place.env, cwd: place.folder });
  children.push(child);
  return child;
}

interface Line {
  readonly type: string;
  readonly step?: number;
  readonly text?: string;
  readonly title?: string;
  readonly config?: { readonly reached?: number };
  readonly add?: readonly string[];
  readonly metrics?: Readonly<Record<string, number>>;
}

const isLine = (line: string): boolean => line.startsWith("{");
const parse = (line: string): Line => JSON.parse(line);

/** Resolves once the tail has printed a point of `n` at this step or a later one. */
const reaches = (tail: Child, step: number): Promise<string> =>
  tail.line((line) => isLine(line) && parse(line).type === "points" && (parse(line).metrics?.n ?? -1) >= step);

const storedPoints = async (run: string): Promise<number> => (await readPoints(stack, run, "n")).steps.length;

test("prints each point and record once, though its connection is cut in the middle of frames, and the hub has forgotten what it missed", async () => {
  const training = start(trainer("talk"), String(STEPS), "4");
  const { run }: { run: string } = JSON.parse(await training.line((line) => line.startsWith('{"run"')));
  const url = `http://127.0.0.1:${proxy.port}`;
  const tail = start(cliEntry, "runs", "tail", run, "--json", "--url", url, "--api-key", stack.key);
  const first = parse(await reaches(tail, 0)).metrics?.n ?? expect.fail("no number");

  // Cut three times, each time behind some more bytes of deltas: what was missed is still at hand.
  for (let cut = 1; cut <= 3; cut++) {
    const isCut = new Promise<void>((resolve) =>
      proxy.after("down", 3000, () => {
        proxy.reset();
        resolve();
      }),
    );
    await isCut;
    await reaches(tail, first + 150 * cut);
  }
  expect(tail.output()).not.toContain("read anew");

  // Away, while points are stored that a hub started anew has not at hand.
  proxy.shut();
  const away = await storedPoints(run);
  await expect.poll(() => storedPoints(run), { timeout: 20_000 }).toBeGreaterThan(away + 200);
  await stack.child.kill("SIGKILL");
  stack = await startStack(place, { dashboard: false });
  const back = await storedPoints(run);
  await expect.poll(() => storedPoints(run), { timeout: 20_000 }).toBeGreaterThan(back + 50);
  proxy.heal();
  expect(await tail.exited, tail.output().slice(-2000)).toBe(0);
  expect(await training.exited, training.output()).toBe(0);
  expect(tail.output()).toMatch(/[1-9]\d+ points and records were read anew/);

  const lines = tail.output().split("\n").filter(isLine).map(parse);
  const every = (step: number): number[] =>
    Array.from({ length: STEPS - first }, (_, index) => first + index).filter((n) => n % step === 0);
  const pointsOf = (series: string): number[] =>
    lines.flatMap(({ type, metrics }) => (type === "points" ? (metrics?.[series] ?? []) : []));
  const recordsOf = (type: string, of: (line: Line) => number): number[] =>
    lines.filter((line) => line.type === type).map(of);
  const numberIn = (text = ""): number => Number(/\d+/.exec(text)?.[0]);
  expect(pointsOf("n")).toEqual(every(1));
  // Where it begins, a frame holds more than one step, and records go with a frame, not with a step.
  const from = <T extends number>(all: readonly T[]): T[] => all.filter((n) => n >= first + 100);
  expect(from(pointsOf("third"))).toEqual(from(every(3)));
  expect(from(recordsOf("console", ({ text }) => numberIn(text)))).toEqual(from(every(10)));
  expect(from(recordsOf("checkpoint", ({ step = -1 }) => step))).toEqual(from(every(10)));
  expect(from(recordsOf("reading", ({ step = -1 }) => step))).toEqual(from(every(10)));
  // Of what was changed again and again while it was away, what came of it.
  const reached = recordsOf("config", ({ config }) => config?.reached ?? -1);
  expect(reached).toEqual([...new Set(reached)].sort((a, b) => a - b));
  expect(reached.at(-1)).toBe(every(10).at(-1));
  expect(from(lines.flatMap(({ type, add = [] }) => (type === "tags" ? add.map(numberIn) : [])))).toEqual(
    from(every(100)),
  );
  expect(from(recordsOf("alert", ({ title }) => numberIn(title)))).toEqual(from(every(100)));
}, 120_000);
