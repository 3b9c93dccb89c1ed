import { rmSync } from "node:fs";
import { basename } from "node:path";
import { type Clock, systemClock } from "@tailbone/base/clock";
import type { FrameSource } from "../delivery/frame-source";
import { encodeSubstitute } from "../delivery/substitute";
import { emptySpool } from "./remove-spool";
import type { FramePlace } from "./segment";
import { quarantineSegments, setAside } from "./set-aside";
import { countLost, type Damage, loadSegment, type Survey, surveySpool } from "./survey";

/**
 * Frames from `first` up to `end` that are said to be missing; `points`: how many in them at least, null where nobody
 * knows.
 */
interface Replaced {
  readonly first: number;
  readonly end: number;
  readonly points: number | null;
}

/**
 * What a dead writer has left, to be delivered: each frame that is whole, and in the place of each that cannot be read
 * one that says so. Nothing that could not be read is deleted: damaged segments go to `quarantine`. `isKept`: its
 * writer may live, so nothing at all is deleted, and nothing is put in the place of a frame.
 */
export class LeftSpool implements FrameSource {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #isKept: boolean;
  readonly #survey: Survey;
  readonly #damagedPaths: ReadonlySet<string>;
  /** The segment that was read last. */
  #loaded: { path: string; bytes: Buffer; places: ReadonlyMap<number, FramePlace> } | null = null;
  /** By the end of what they stand for. */
  readonly #replaced = new Map<number, Replaced>();
  readonly end: number;

  constructor(dir: string, { isKept = false, clock = systemClock }: { isKept?: boolean; clock?: Clock } = {}) {
    this.#dir = dir;
    this.#clock = clock;
    this.#isKept = isKept;
    this.#survey = surveySpool(dir);
    this.#damagedPaths = new Set(this.#survey.damage.map(({ path }) => path));
    this.end = isKept ? (this.#survey.lost[0]?.first ?? this.#survey.end) : this.#survey.end;
  }

  get first(): number {
    return this.#survey.first;
  }

  /** Where bytes could not be read. */
  get damage(): readonly Damage[] {
    return this.#survey.damage;
  }

  /** Frames in whose place it was said that they are missing. */
  get replaced(): readonly Replaced[] {
    return [...this.#replaced.values()];
  }

  read(sequence: number): Uint8Array | null {
    const frame = this.#find(sequence);
    if (frame !== null || sequence < this.first) return frame;
    return this.#substitute(sequence);
  }

  /** Whole frames only, in order. */
  *frames(): Generator<Uint8Array> {
    for (const { first, end } of this.#survey.stretches) {
      for (let sequence = first; sequence < end; sequence++) {
        const frame = this.#find(sequence);
        if (frame !== null) yield frame;
      }
    }
  }

  /** Deletes the segments all of whose frames are below `next`; damaged ones wait for `remove`. */
  trim(next: number): void {
    if (this.#isKept) return;
    const isNeeded = new Set(this.#survey.stretches.filter(({ end }) => end > next).map(({ path }) => path));
    for (const { path, end } of this.#survey.stretches) {
      if (end <= next && !isNeeded.has(path) && !this.#damagedPaths.has(path)) rmSync(path, { force: true });
    }
  }

  setAside(sequence: number, frame: Uint8Array): string {
    return setAside(this.#dir, sequence, frame);
  }

  /**
   * Deletes what is delivered, and sets aside what could not be read. Returns the folder in which that lies, if there
   * is any.
   */
  remove(): string | null {
    if (this.#isKept) return null;
    const damage = this.damage.map(({ path, from, to }) => ({ segment: basename(path), from, to }));
    const quarantine =
      damage.length === 0
        ? null
        : quarantineSegments(this.#dir, this.#damagedPaths, { damage, missing: this.replaced });
    emptySpool(this.#dir);
    return quarantine;
  }

  /** One frame in the place of all that are lost from `sequence` on. */
  #substitute(sequence: number): Uint8Array {
    const lost = this.#survey.lost.find(({ first, end }) => first <= sequence && sequence < end);
    const end = lost?.end ?? sequence + 1;
    const points = lost === undefined ? null : countLost(lost, sequence);
    const span = end - sequence;
    this.#replaced.set(end, { first: sequence, end, points });
    return encodeSubstitute({
      sequence,
      span,
      timeMs: this.#clock.wallMs(),
      points,
      reason: "damaged",
      text: `${span === 1 ? "a frame" : `${span} frames`} could not be read from ${this.#dir}.`,
      pointsThrough: lost?.through ?? undefined,
    });
  }

  #find(sequence: number): Uint8Array | null {
    const stretch = this.#survey.stretches.find(({ first, end }) => first <= sequence && sequence < end);
    if (stretch === undefined) return null;
    const { bytes, places } = this.#load(stretch.path);
    const place = places.get(sequence);
    return place === undefined ? null : bytes.subarray(place.offset, place.offset + place.length);
  }

  #load(path: string) {
    if (this.#loaded?.path !== path) {
      const { bytes, scan } = loadSegment(path);
      const places = new Map<number, FramePlace>();
      // Of a frame that is there twice the first counts.
      for (const place of scan.frames) if (!places.has(place.sequence)) places.set(place.sequence, place);
      this.#loaded = { path, bytes, places };
    }
    return this.#loaded;
  }
}
