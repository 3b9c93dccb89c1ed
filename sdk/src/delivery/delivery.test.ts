import { TailboneError } from "@tailbone/protocol/errors";
import { encodeFrame, type Frame } from "@tailbone/protocol/frame";
import type { OpenWriter } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IngestServer } from "../ingest-server.test-util";
import { Delivery } from "./delivery";
import type { FrameSource } from "./frame-source";

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
  });
};

class Source implements FrameSource {
  trimmed = 0;
  readonly aside: number[] = [];
  constructor(public end: number) {}
  read = numbered;
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
}

function deliver(source: FrameSource, key = server.key): Told {
  const refused: TailboneError[] = [];
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
      onAway: () => {},
      onClosed: close,
      onRefused: (error) => refused.push(error),
    },
  });
  started.push(delivery);
  delivery.start();
  return { delivery, closed, refused };
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
});
