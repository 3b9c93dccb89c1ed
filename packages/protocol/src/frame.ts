import { z } from "zod";
import { TailboneError } from "./errors";
import {
  align8,
  columnsBytes,
  type FrameHeader,
  GROUP_HEAD_BYTES,
  headerBytes,
  measureGroup,
  readFrameHeader,
  writeFrameHeader,
} from "./frame-layout";
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
  /**
   * Points of all its writer's frames up to this one, as they were sealed; missing: not known. What lies between two
   * frames is so counted.
   */
  readonly pointsThrough?: number;
}

/** The sequence that follows on a frame. */
export const sequenceBehind = ({ sequence, span = 1 }: Pick<Frame, "sequence" | "span">): number => sequence + span;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true });
const recordsSchema = z.array(recordSchema).max(LIMITS.frameRecords);

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

  let length = headerBytes(PROTOCOL_VERSION);
  for (const [index, group] of frame.groups.entries()) {
    let head = GROUP_HEAD_BYTES;
    for (const name of names[index] ?? []) head += 2 + name.byteLength;
    length = align8(length + head) + columnsBytes(group.names.length, group.steps.length);
  }
  length += records.byteLength;
  if (length > LIMITS.frameBytes) throw tooLarge(`it takes ${length} bytes, ${LIMITS.frameBytes} are allowed`);

  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  writeFrameHeader(view, {
    version: PROTOCOL_VERSION,
    groups: frame.groups.length,
    sequence: frame.sequence,
    sealedAtMs: frame.sealedAtMs,
    recordsBytes: records.byteLength,
    values,
    span: frame.span ?? 1,
    pointsThrough: frame.pointsThrough ?? null,
  });

  let offset = headerBytes(PROTOCOL_VERSION);
  for (const [index, group] of frame.groups.entries()) {
    view.setUint16(offset, group.names.length, true);
    view.setUint32(offset + 4, group.steps.length, true);
    offset += GROUP_HEAD_BYTES;
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
 * Decodes and checks a frame of any version from MIN_VERSION on; its columns are views of `bytes` where the alignment
 * allows it. Lengths are compared with `LIMITS` and with what is really there before anything is allocated. Throws
 * `frame_malformed`, `too_large` or `version_mismatch`.
 */
export function decodeFrame(input: Uint8Array): Frame {
  if (input.byteLength > LIMITS.frameBytes) {
    throw tooLarge(`it takes ${input.byteLength} bytes, ${LIMITS.frameBytes} are allowed`);
  }
  const header = readFrameHeader(input);
  if (header === null) throw cut(input);
  if (!header.hasMark) throw malformed("it does not begin with TBF1");
  const { version, groups: groupCount, sequence, sealedAtMs, recordsBytes, values: valueCount } = header;
  if (!isSpoken(version)) {
    throw new TailboneError(
      "version_mismatch",
      `The frame is of protocol version ${version}, this side reads ${MIN_VERSION} to ${PROTOCOL_VERSION}.`,
      "Upgrade the older side; nothing is lost meanwhile.",
    );
  }
  if (input.byteLength < headerBytes(version)) throw cut(input);
  if (!Number.isSafeInteger(sequence)) throw malformed("its sequence is no safe integer");
  if (!isTime(sealedAtMs)) throw malformed("its time is no date");
  const extra = checkExtra(header);
  if (groupCount > LIMITS.frameGroups) throw tooLarge(`it has ${groupCount} groups`);
  if (recordsBytes > LIMITS.frameRecordsBytes) throw tooLarge(`its records take ${recordsBytes} bytes`);
  if (valueCount > LIMITS.frameValues) throw tooLarge(`it has ${valueCount} values`);

  const bytes = input.byteOffset % 8 === 0 ? input : new Uint8Array(input);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - recordsBytes;
  const groups: Group[] = [];
  let offset = headerBytes(version);
  let values = 0;
  for (let index = 0; index < groupCount; index++) {
    const place = measureGroup(view, offset, end);
    if (place === null) throw malformed(`it ends within group ${index}`);
    const { series, points } = place;
    if (series === 0 || points === 0) throw malformed(`group ${index} is empty`);
    values += series * points;
    if (values > valueCount) throw malformed("it has more values than its header says");
    const names = decodeNames(bytes, view, offset + GROUP_HEAD_BYTES, series, index);
    const column = (at: number): Float64Array => {
      const start = bytes.byteOffset + place.columnsAt + 8 * points * at;
      return new Float64Array(bytes.buffer as ArrayBuffer, start, points);
    };
    const steps = column(0);
    const timesMs = column(1);
    if (!steps.every(Number.isFinite)) throw malformed(`a step in group ${index} is not finite`);
    if (!timesMs.every(isTime)) throw malformed(`a time in group ${index} is no date`);
    groups.push({ names, steps, timesMs, values: names.map((_, at) => column(2 + at)) });
    offset = place.end;
  }
  if (values !== valueCount) throw malformed("it has fewer values than its header says");
  if (offset !== end) throw malformed("bytes are left over behind its groups");
  return { sequence, sealedAtMs, groups, records: decodeRecords(bytes.subarray(end)), ...extra };
}

const cut = (input: Uint8Array): TailboneError =>
  malformed(`it ends within its header, after ${input.byteLength} bytes`);

/** What a header has from version 3 on. */
function checkExtra({ sequence, span, pointsThrough, isClean }: FrameHeader): Pick<Frame, "span" | "pointsThrough"> {
  if (span === 0) throw malformed("it stands for no sequence");
  if (!Number.isSafeInteger(sequenceBehind({ sequence, span }))) throw malformed("its span is too large");
  if (!isClean) throw malformed("its header has something where nothing may be");
  if (pointsThrough !== null && !(Number.isSafeInteger(pointsThrough) && pointsThrough >= 0))
    throw malformed("its points are no count");
  return { ...(span === 1 ? {} : { span }), ...(pointsThrough === null ? {} : { pointsThrough }) };
}

/** The names of a group's series, which are known to lie within the frame. */
function decodeNames(bytes: Uint8Array, view: DataView, from: number, series: number, group: number): string[] {
  const names: string[] = [];
  let offset = from;
  for (let index = 0; index < series; index++) {
    const length = view.getUint16(offset, true);
    if (length === 0 || length > LIMITS.seriesNameBytes) {
      throw malformed(
        `a series' name in group ${group} takes ${length} bytes; 1 to ${LIMITS.seriesNameBytes} are allowed`,
      );
    }
    names.push(storable(decodeText(bytes.subarray(offset + 2, offset + 2 + length))));
    offset += 2 + length;
  }
  if (new Set(names).size !== names.length) throw malformed(`group ${group} names a series twice`);
  return names;
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
