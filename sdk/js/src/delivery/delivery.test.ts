import { TailboneError } from "@tailbone/protocol/errors";
import { encodeFrame, type Frame } from "@tailbone/protocol/frame";
import type { OpenWriter } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IngestServer } from "../ingest-server.test-util";
import { Delivery } from "./delivery";
import type { FrameSource } from "./frame-source";
import type { Gap } from "./substitute";

let server: IngestServer;
const started: Delivery[] = [];
beforeEach(async () => {
  server = await IngestServer.start();
});
afterEach(async () => {
  for (const delivery of started.splice(0)) delivery.stop();
  await server.close();
});

const numbered = (sequence: number): Uint8Array => {
  const column = Float64Array.of(sequence);
  return encodeFrame({
    sequence,
    sealedAtMs: 1,
    groups: [{ names: ["n"], steps: column, timesMs: column, values: [column] }],
    records: [],
    pointsThrough: sequence + 1,
  });
};

class Source implements FrameSource {
  trimmed = 0;
  readonly aside: number[] = [];
  constructor(
    public end: number,
    /** What is below was let go. */
    public first = 0,
  ) {}
  read = (sequence: number): Uint8Array | null => (sequence < this.first ? null : numbered(sequence));
  trim = (next: number): void => {
    this.trimmed = next;
  };
  setAside = (sequence: number): string => {
    this.aside.push(sequence);
    return `refused/${sequence}`;
  };
}

const request = (): OpenWriter => ({
  run: uuidv7(),
  writer: uuidv7(),
  project: "delivery",
  mode: "create",
  config: {},
  tags: [],
  startedAtMs: 1,
});

interface Told {
  readonly delivery: Delivery;
  readonly closed: Promise<TailboneError>;
  readonly refused: TailboneError[];
  readonly away: (TailboneError | undefined)[];
  readonly missing: Gap[];
}

function deliver(source: FrameSource, key = server.key): Told {
  const refused: TailboneError[] = [];
  const away: (TailboneError | undefined)[] = [];
  const missing: Gap[] = [];
  let close: (error: TailboneError) => void = () => {};
  const closed = new Promise<TailboneError>((resolve) => {
    close = resolve;
  });
  const delivery = new Delivery({
    url: server.url,
    findKey: () => key,
    request: request(),
    source,
    events: {
      onOpened: () => {},
      onAcked: () => {},
      onAway: (_, refusal) => away.push(refusal),
      onClosed: close,
      onRefused: (error) => refused.push(error),
      onMissing: (gap) => missing.push(gap),
    },
  });
  started.push(delivery);
  delivery.start();
  return { delivery, closed, refused, away, missing };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const stored = (): number[] => server.points("n").map(([, value]) => value);
const storesAll = (count: number): Promise<void> => server.until(() => server.frames().length === count);
const refuse = (code: ConstructorParameters<typeof TailboneError>[0]): never => {
  throw new TailboneError(code, "Not this one.", "Try something else.");
};

describe("a delivery", () => {
  test("brings every frame once and in order, and tells what is stored", async () => {
    const source = new Source(500);
    const { delivery } = deliver(source);
    await storesAll(500);
    expect(stored()).toEqual(upTo(500));
    await expect.poll(() => [delivery.acked, source.trimmed]).toEqual([500, 500]);
    source.end = 600;
    delivery.pump();
    await storesAll(600);
    expect(stored()).toEqual(upTo(600));
  });

  test("goes on where the hub is when its connection is cut, again and again", async () => {
    let count = 0;
    server.faults.onFrame = () => {
      count++;
      if (count % 90 === 0) server.cut();
      return undefined;
    };
    deliver(new Source(400));
    await storesAll(400);
    expect(stored()).toEqual(upTo(400));
    expect(server.opens).toBeGreaterThan(3);
  });

  test("goes on when the hub is gone and comes back", async () => {
    const source = new Source(100);
    const { delivery } = deliver(source);
    await storesAll(100);
    await server.close();
    source.end = 200;
    delivery.pump();
    await server.listen();
    await storesAll(200);
    expect(stored()).toEqual(upTo(200));
  });

  test("sends again what a hub has lost on its way, from where the hub says", async () => {
    const lost = new Set([3, 50, 51]);
    server.faults.onFrame = ({ sequence }: Frame) => {
      // As if it had never come: the ones behind it are answered with a gap.
      if (lost.delete(sequence)) throw new TailboneError("sequence_gap", "A gap.", "Go back.", { expected: sequence });
      return undefined;
    };
    deliver(new Source(120));
    await storesAll(120);
    expect(stored()).toEqual(upTo(120));
  });

  test("tries again what the hub cannot take now", async () => {
    let refusals = 4;
    server.faults.onOpen = () => {
      if (refusals-- > 2) refuse("unavailable");
    };
    server.faults.onFrame = ({ sequence }) => {
      if (sequence === 7 && refusals-- > 0) refuse("rate_limited");
      return undefined;
    };
    deliver(new Source(20));
    await storesAll(20);
    expect(stored()).toEqual(upTo(20));
  });

  test("sets a frame aside that the hub will never take, says in its place what is missing, and goes on", async () => {
    server.faults.onFrame = ({ sequence, groups }) => {
      if (sequence === 5 && groups.length > 0) refuse("frame_malformed");
      return undefined;
    };
    const source = new Source(30);
    const { refused } = deliver(source);
    await storesAll(30);
    expect(source.aside).toEqual([5]);
    expect(refused.map(({ code }) => code)).toEqual(["frame_malformed"]);
    expect(stored()).toEqual(upTo(30).filter((n) => n !== 5));
    expect(server.records("dropped")).toMatchObject([{ points: 1, reason: "refused" }]);
  });

  test("ends, once, when the key is wrong or the run is deleted, and says so", async () => {
    const wrong = await deliver(new Source(1), "tb_wrong").closed;
    expect(wrong.code).toBe("unauthenticated");
    server.faults.onFrame = () => refuse("gone");
    const gone = await deliver(new Source(1)).closed;
    expect(gone.code).toBe("gone");
    expect(server.frames()).toEqual([]);
  });

  test("ends when a frame cannot be read, after all before it are stored", async () => {
    const source = new Source(20);
    source.read = (sequence) => (sequence === 9 ? refuse("frame_malformed") : numbered(sequence));
    const { closed } = deliver(source);
    expect((await closed).code).toBe("frame_malformed");
    expect(stored()).toEqual(upTo(9));
  });

  test("comes back when the hub says, and not before, and loses nothing", async () => {
    const waitMs = 700;
    const limited = new TailboneError("rate_limited", "Too much at once.", "Wait.", { retryAfterMs: waitMs });
    const asked: number[] = [];
    const limitTwice = (): void => {
      asked.push(performance.now());
      if (asked.length % 2 === 1) throw limited;
    };
    server.faults.onOpen = limitTwice;
    server.faults.onFrame = ({ sequence }) => {
      if (sequence === 7) limitTwice();
      return undefined;
    };
    const { refused } = deliver(new Source(20));
    await storesAll(20);
    expect(stored()).toEqual(upTo(20));
    expect(refused).toEqual([]);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(waitMs);
    expect((asked[3] ?? 0) - (asked[2] ?? 0)).toBeGreaterThanOrEqual(waitMs);
  });

  test("goes on also when it is cut off by the hub while it waits to come back", async () => {
    let refusals = 0;
    server.faults.onFrame = ({ sequence }) => {
      if (sequence !== 7 || refusals++ > 0) return undefined;
      setImmediate(() => server.cut());
      throw new TailboneError("rate_limited", "Too much at once.", "Wait.", { retryAfterMs: 200 });
    };
    deliver(new Source(20));
    await storesAll(20);
    expect(stored()).toEqual(upTo(20));
    expect(refusals).toBeGreaterThan(1);
  });

  test("sets a frame aside on which the hub fails again and again, says so in the run, and goes on", async () => {
    let failures = 0;
    server.faults.onFrame = ({ sequence, groups }) => {
      if (sequence !== 5 || groups.length === 0) return undefined;
      failures++;
      return refuse("internal");
    };
    const source = new Source(30);
    const { refused } = deliver(source);
    await storesAll(30);
    expect(failures).toBe(5);
    expect(source.aside).toEqual([5]);
    expect(refused.map(({ code }) => code)).toEqual(["internal"]);
    expect(stored()).toEqual(upTo(30).filter((n) => n !== 5));
    expect(server.records("dropped")).toMatchObject([{ points: 1, reason: "refused" }]);
    expect(server.records("console")).toMatchObject([
      { text: "Tailbone: one frame could not be stored, 1 points; it lies in refused/5." },
    ]);
  });

  test("sets nothing aside when the hub fails on everything for a while, and then does not", async () => {
    let failures = 0;
    server.faults.onFrame = () => (failures++ < 4 ? refuse("internal") : undefined);
    const source = new Source(30);
    deliver(source);
    await storesAll(30);
    expect(stored()).toEqual(upTo(30));
    expect(source.aside).toEqual([]);
  });

  test("waits for a hub of an older version to be upgraded, says so, and then delivers all", async () => {
    server.faults.onConnect = ({ protocol }) => {
      if (protocol !== 2) refuse("version_mismatch");
    };
    const { away } = deliver(new Source(20));
    await expect.poll(() => away.map((refusal) => refusal?.code)).toContain("version_mismatch");
    server.faults.onConnect = () => {};
    await storesAll(20);
    expect(stored()).toEqual(upTo(20));
  });
});

describe("a hub whose database was restored to an older state", () => {
  test("is sent again all that it had, which the writer still has", async () => {
    const source = new Source(100);
    const { delivery, missing } = deliver(source);
    await storesAll(100);
    server.restore(40);
    source.end = 110;
    delivery.pump();
    await storesAll(110);
    expect(stored()).toEqual(upTo(110));
    expect(missing).toEqual([]);
    await expect.poll(() => delivery.acked).toBe(110);
  });

  test("is told once how many points are missing that the writer has let go, to the point", async () => {
    const source = new Source(100);
    const { delivery, missing } = deliver(source);
    await storesAll(100);
    source.first = 70;
    server.restore(40);
    source.end = 110;
    delivery.pump();
    await server.until(() => stored().at(-1) === 109);
    expect(stored()).toEqual([...upTo(40), ...upTo(110).slice(70)]);
    expect(server.records("dropped")).toMatchObject([{ points: 30, reason: "restored" }]);
    expect(missing).toMatchObject([{ sequence: 40, span: 30, points: 30 }]);
    await expect.poll(() => delivery.acked).toBe(110);
  });

  test("also when it does not know the writer any more, or its run", async () => {
    const source = new Source(100);
    const { delivery } = deliver(source);
    await storesAll(100);
    source.first = 99;
    server.restore(0);
    source.end = 110;
    delivery.pump();
    await server.until(() => stored().at(-1) === 109);
    expect(stored()).toEqual(upTo(110).slice(99));
    expect(server.records("dropped")).toMatchObject([{ points: 99, reason: "restored" }]);
    expect([...server.writers.values()][0]?.request.mode).toBe("create");
  });

  test("also by what a dead writer has left, of which a part was let go", async () => {
    const source = new Source(100, 60);
    const { missing } = deliver(source);
    await server.until(() => stored().at(-1) === 99);
    expect(stored()).toEqual(upTo(100).slice(60));
    expect(server.records("dropped")).toMatchObject([{ points: 60, reason: "restored" }]);
    expect(missing).toMatchObject([{ points: 60 }]);
  });

  test("and counts several gaps each by itself", async () => {
    const source = new Source(100);
    const { delivery } = deliver(source);
    await storesAll(100);
    const hole = (sequence: number): boolean => sequence < 10 || (sequence >= 20 && sequence < 23);
    source.read = (sequence) => (hole(sequence) ? null : numbered(sequence));
    server.restore(5);
    source.end = 101;
    delivery.pump();
    await server.until(() => stored().at(-1) === 100);
    expect(stored()).toEqual(upTo(101).filter((n) => n < 5 || !hole(n)));
    expect(server.records("dropped").map(({ points }) => points)).toEqual([5, 3]);
  });
});
