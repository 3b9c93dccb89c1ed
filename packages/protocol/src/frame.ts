import { z } from "zod";
import { TailboneError } from "./errors";
import { LIMITS } from "./limits";
import { type RunRecord, recordSchema } from "./records";
import { storable } from "./text";
import { isSpoken, MIN_VERSION, PROTOCOL_VERSION } from "./version";

/**
 * Series that were logged together: they share their steps and times.
 * `steps`, `timesMs` and each column of `values` have the same length, the number of points of each series;
 * `values[i]` belongs to `names[i]`. Steps and times are finite; values may be NaN or infinite.
 */
export interface Group {
  readonly names: readonly string[];
  readonly steps: Float64Array;
  readonly timesMs: Float64Array;
  readonly values: readonly Float64Array[];
}

/** A batch of appended records, numbered by its writer from 0: the unit of sending, acknowledging and committing. */
export interface Frame {
  readonly sequence: number;
  /** When the writer sealed it, by the writer's clock. */
  readonly sealedAtMs: number;
  readonly groups: readonly Group[];
  readonly records: readonly RunRecord[];
  /** How many sequences it stands for, its own first; missing: one. More only in the place of frames that are gone. */
  readonly span?: number;
  /** Points of all its writer's frames up to this one, as they were sealed; missing: not known. What lies between two frames is so counted. */
  readonly pointsThrough?: number;
}

/** The sequence that follows on a frame. */
export const sequenceBehind = ({ sequence, span = 1 }: Pick<Frame, "sequence" | "span">): number => sequence + span;

/*
 * The layout (little-endian; docs/protocol.md shows it as a table):
 *
 *   header   "TBF1" | u16 version | u16 groups | u64 sequence | f64 sealedAtMs | u32 bytes of records | u32 values
 *            | from version 3 on: f64 pointsThrough (NaN: not known) | u32 span | u32 zero
 *   group    u16 series | u16 zero | u32 points | per series: u16 bytes, UTF-8 name | zeros up to a multiple of 8
 *            | f64 steps[points] | f64 timesMs[points] | per series: f64 values[points]
 *   records  a JSON array in UTF-8
 *
 * Columns start at multiples of 8, so that they are read as typed arrays without parsing.
 */
const MAGIC = 0x31464254; // "TBF1"
const HEADER_BYTES = 48;
/** In version 2. */
const SHORT_HEADER_BYTES = 32;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true });
const recordsSchema = z.array(recordSchema).max(LIMITS.frameRecords);

const align8 = (offset: number): number => (offset + 7) & ~7;

function malformed(what: string, cause?: unknown): TailboneError {
  return new TailboneError(
    "frame_malformed",
    `The frame is malformed: ${what}.`,
    "Nothing of it was stored. docs/protocol.md describes the layout; the SDK and the hub should be of the same release.",
    { cause },
  );
}

function tooLarge(what: string): TailboneError {
  return new TailboneError(
    "too_large",
    `The frame is too large: ${what}.`,
    "Nothing of it was stored. Split it into smaller frames with consecutive sequences.",
  );
}

/** Number of values in a frame: points times series, over its groups. */
export function countValues(groups: readonly Group[]): number {
  let values = 0;
  for (const group of groups) values += group.steps.length * group.names.length;
  return values;
}

/**
 * Encodes a frame. The caller guarantees what the types say (equal lengths, finite steps and times);
 * throws `too_large` when a limit of `LIMITS` is exceeded.
 */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const records = utf8Encoder.encode(JSON.stringify(frame.records));
  const names = frame.groups.map((group) => group.names.map((name) => utf8Encoder.encode(name)));
  const values = countValues(frame.groups);
  if (records.byteLength > LIMITS.frameRecordsBytes) throw tooLarge(`its records take ${records.byteLength} bytes`);
  if (frame.records.length > LIMITS.frameRecords) throw tooLarge(`it has ${frame.records.length} records`);
  if (values > LIMITS.frameValues) throw tooLarge(`it has ${values} values`);
  if (frame.groups.length > LIMITS.frameGroups) throw tooLarge(`it has ${frame.groups.length} groups`);

  let length = HEADER_BYTES;
  for (const [index, group] of frame.groups.entries()) {
    let head = 8;
    for (const name of names[index] ?? []) head += 2 + name.byteLength;
    length = align8(length + head) + 8 * group.steps.length * (2 + group.names.length);
  }
  length += records.byteLength;
  if (length > LIMITS.frameBytes) throw tooLarge(`it takes ${length} bytes, ${LIMITS.frameBytes} are allowed`);

  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, PROTOCOL_VERSION, true);
  view.setUint16(6, frame.groups.length, true);
  view.setBigUint64(8, BigInt(frame.sequence), true);
  view.setFloat64(16, frame.sealedAtMs, true);
  view.setUint32(24, records.byteLength, true);
  view.setUint32(28, values, true);
  view.setFloat64(32, frame.pointsThrough ?? Number.NaN, true);
  view.setUint32(40, frame.span ?? 1, true);

  let offset = HEADER_BYTES;
  for (const [index, group] of frame.groups.entries()) {
    view.setUint16(offset, group.names.length, true);
    view.setUint32(offset + 4, group.steps.length, true);
    offset += 8;
    for (const name of names[index] ?? []) {
      view.setUint16(offset, name.byteLength, true);
      bytes.set(name, offset + 2);
      offset += 2 + name.byteLength;
    }
    offset = align8(offset);
    for (const column of [group.steps, group.timesMs, ...group.values]) {
      new Float64Array(bytes.buffer, offset, column.length).set(column);
      offset += 8 * column.length;
    }
  }
  bytes.set(records, offset);
  return bytes;
}

/**
 * Decodes and checks a frame of any version from MIN_VERSION on; its columns are views of `bytes` where the alignment allows it.
 * Lengths are compared with `LIMITS` and with what is really there before anything is allocated.
 * Throws `frame_malformed`, `too_large` or `version_mismatch`.
 */
export function decodeFrame(input: Uint8Array): Frame {
  if (input.byteLength > LIMITS.frameBytes) {
    throw tooLarge(`it takes ${input.byteLength} bytes, ${LIMITS.frameBytes} are allowed`);
  }
  const cut = (): TailboneError => malformed(`it ends within its header, after ${input.byteLength} bytes`);
  if (input.byteLength < SHORT_HEADER_BYTES) throw cut();
  const bytes = input.byteOffset % 8 === 0 ? input : new Uint8Array(input);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw malformed("it does not begin with TBF1");
  const version = view.getUint16(4, true);
  if (!isSpoken(version)) {
    throw new TailboneError(
      "version_mismatch",
      `The frame is of protocol version ${version}, this side reads ${MIN_VERSION} to ${PROTOCOL_VERSION}.`,
      "Upgrade the older side; nothing is lost meanwhile.",
    );
  }
  const headerBytes = version < 3 ? SHORT_HEADER_BYTES : HEADER_BYTES;
  if (bytes.byteLength < headerBytes) throw cut();
  const groupCount = view.getUint16(6, true);
  const sequence = Number(view.getBigUint64(8, true));
  const sealedAtMs = view.getFloat64(16, true);
  const recordsLength = view.getUint32(24, true);
  const valueCount = view.getUint32(28, true);
  if (!Number.isSafeInteger(sequence)) throw malformed("its sequence is no safe integer");
  if (!isTime(sealedAtMs)) throw malformed("its time is no date");
  const extra = version < 3 ? {} : decodeExtra(view);
  if (!Number.isSafeInteger(sequenceBehind({ sequence, ...extra }))) throw malformed("its span is too large");
  if (groupCount > LIMITS.frameGroups) throw tooLarge(`it has ${groupCount} groups`);
  if (recordsLength > LIMITS.frameRecordsBytes) throw tooLarge(`its records take ${recordsLength} bytes`);
  if (valueCount > LIMITS.frameValues) throw tooLarge(`it has ${valueCount} values`);

  const end = bytes.byteLength - recordsLength;
  const groups: Group[] = [];
  let offset = headerBytes;
  let values = 0;
  const need = (length: number, what: string): void => {
    if (offset + length > end) throw malformed(`it ends within ${what}`);
  };
  for (let index = 0; index < groupCount; index++) {
    need(8, `the head of group ${index}`);
    const seriesCount = view.getUint16(offset, true);
    const points = view.getUint32(offset + 4, true);
    if (seriesCount === 0 || points === 0) throw malformed(`group ${index} is empty`);
    values += seriesCount * points;
    if (values > valueCount) throw malformed("it has more values than its header says");
    offset += 8;
    const names: string[] = [];
    for (let series = 0; series < seriesCount; series++) {
      need(2, `a name of group ${index}`);
      const length = view.getUint16(offset, true);
      if (length === 0 || length > LIMITS.seriesNameBytes) {
        throw malformed(
          `a series' name in group ${index} takes ${length} bytes; 1 to ${LIMITS.seriesNameBytes} are allowed`,
        );
      }
      offset += 2;
      need(length, `a name of group ${index}`);
      names.push(storable(decodeText(bytes.subarray(offset, offset + length))));
      offset += length;
    }
    if (new Set(names).size !== names.length) throw malformed(`group ${index} names a series twice`);
    offset = align8(offset);
    need(8 * points * (2 + seriesCount), `the columns of group ${index}`);
    const column = (): Float64Array => {
      const array = new Float64Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + offset, points);
      offset += 8 * points;
      return array;
    };
    const steps = column();
    const timesMs = column();
    if (!steps.every(Number.isFinite)) throw malformed(`a step in group ${index} is not finite`);
    if (!timesMs.every(isTime)) throw malformed(`a time in group ${index} is no date`);
    groups.push({ names, steps, timesMs, values: names.map(column) });
  }
  if (values !== valueCount) throw malformed("it has fewer values than its header says");
  if (offset !== end) throw malformed("bytes are left over behind its groups");
  return { sequence, sealedAtMs, groups, records: decodeRecords(bytes.subarray(end)), ...extra };
}

/** What a frame's header says: `values` in it, and what of its span and points is known. Null: there is none that can be read. */
export function peekFrame(bytes: Uint8Array): (Pick<Frame, "span" | "pointsThrough"> & { values: number }) | null {
  if (bytes.byteLength < SHORT_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return null;
  const values = view.getUint32(28, true);
  if (view.getUint16(4, true) < 3) return { values };
  return bytes.byteLength < HEADER_BYTES ? null : { values, ...decodeExtra(view) };
}

function decodeExtra(view: DataView): Pick<Frame, "span" | "pointsThrough"> {
  const pointsThrough = view.getFloat64(32, true);
  const span = view.getUint32(40, true);
  if (span === 0) throw malformed("it stands for no sequence");
  if (view.getUint32(44, true) !== 0) throw malformed("its header has something where nothing may be");
  const isKnown = !Number.isNaN(pointsThrough);
  if (isKnown && !(Number.isSafeInteger(pointsThrough) && pointsThrough >= 0))
    throw malformed("its points are no count");
  return { ...(span === 1 ? {} : { span }), ...(isKnown ? { pointsThrough } : {}) };
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8Decoder.decode(bytes);
  } catch (cause) {
    throw malformed("a text in it is not UTF-8", cause);
  }
}

function decodeRecords(bytes: Uint8Array): RunRecord[] {
  let json: unknown;
  try {
    json = JSON.parse(decodeText(bytes));
  } catch (cause) {
    if (cause instanceof TailboneError) throw cause;
    throw malformed("its records are not JSON", cause);
  }
  const parsed = recordsSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(`record ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}`, parsed.error);
  }
  return parsed.data;
}

const isTime = (timeMs: number): boolean => Math.abs(timeMs) <= LIMITS.timeMs;
