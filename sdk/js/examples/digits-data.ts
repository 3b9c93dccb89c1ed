// Real MNIST digits with a shortcut: a bright patch whose place, one of ten, agrees with the label as often as one
// likes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";
import { shuffledIndices } from "./random";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CLASSES = 10;
/** Of the package's 10,000 digits. */
const TRAINING = 7000;
const HELD_OUT = 2756;
/**
 * Pixels that a digit may be moved by in each direction. MNIST leaves a margin of four, of which two rows stay for the
 * patch.
 */
const MAX_SHIFT = 2;
const PATCH_SIDE = 2;

/** Digits as they are: no patch, not moved. */
export interface Digits {
  /** [count, 784], from 0 (black) to 1. */
  readonly pixels: Float32Array;
  readonly labels: Uint8Array;
}

/** Digits as a model sees them. */
export interface Examples {
  /** [count, 784] */
  readonly inputs: tf.Tensor2D;
  /** [count, 10], one-hot. */
  readonly targets: tf.Tensor2D;
  /** Where each patch is: 0 to 9. */
  readonly places: Uint8Array;
}

export interface DrawOptions {
  /** Probability that the patch's place agrees with the label; else it is any of the ten. */
  readonly rho: number;
  readonly random: () => number;
}

/** Reads the digits of the package `mnist`, and splits them at random. */
export function loadDigits(random: () => number): { readonly training: Digits; readonly heldOut: Digits } {
  const all = readMnist();
  const order = shuffledIndices(all.labels.length, random);
  return {
    training: pick(all, order.subarray(0, TRAINING)),
    heldOut: pick(all, order.subarray(TRAINING, TRAINING + HELD_OUT)),
  };
}

/** Places of patches for these labels. */
export function drawPlaces(labels: Uint8Array, { rho, random }: DrawOptions): Uint8Array {
  return labels.map((label) => (random() < rho ? label : Math.floor(random() * CLASSES)));
}

/** Moves each digit at random and puts a patch on it. The tensors are the caller's to dispose of. */
export function drawExamples(digits: Digits, options: DrawOptions): Examples {
  const count = digits.labels.length;
  const places = drawPlaces(digits.labels, options);
  const shift = (): number => Math.floor(options.random() * (2 * MAX_SHIFT + 1)) - MAX_SHIFT;
  const inputs = new Float32Array(count * PIXELS);
  for (let index = 0; index < count; index++) {
    const from = digits.pixels.subarray(index * PIXELS, (index + 1) * PIXELS);
    const image = inputs.subarray(index * PIXELS, (index + 1) * PIXELS);
    copyShifted(from, image, shift(), shift());
    drawPatch(image, places[index] ?? 0);
  }
  return {
    inputs: tf.tensor2d(inputs, [count, PIXELS]),
    targets: tf.tidy(() => tf.oneHot(tf.tensor1d(digits.labels, "int32"), CLASSES).toFloat().as2D(count, CLASSES)),
    places,
  };
}

/** The same digits, each with the patch of another one. */
export function swapPatches({ inputs, places }: Examples, random: () => number): tf.Tensor2D {
  const order = shuffledIndices(places.length, random);
  return redraw(inputs, (image, index) => {
    image.fill(0, 0, PATCH_SIDE * SIDE);
    drawPatch(image, places[order[index] ?? 0] ?? 0);
  });
}

/** The same patches, each on the digit of another one. */
export function swapShapes({ inputs, places }: Examples, random: () => number): tf.Tensor2D {
  const order = shuffledIndices(places.length, random);
  const all = inputs.dataSync();
  return redraw(inputs, (image, index) => {
    const other = order[index] ?? 0;
    image.set(all.subarray(other * PIXELS, (other + 1) * PIXELS));
    image.fill(0, 0, PATCH_SIDE * SIDE);
    drawPatch(image, places[index] ?? 0);
  });
}

/** The same digits, each with the lower left corner of another one: something that should not matter. */
export function swapCorners({ inputs, places }: Examples, random: () => number): tf.Tensor2D {
  const order = shuffledIndices(places.length, random);
  const all = inputs.dataSync();
  return redraw(inputs, (image, index) => {
    for (let y = SIDE - 5; y < SIDE; y++) {
      const from = (order[index] ?? 0) * PIXELS + y * SIDE;
      image.set(all.subarray(from, from + 5), y * SIDE);
    }
  });
}

function redraw(inputs: tf.Tensor2D, change: (image: Float32Array, index: number) => void): tf.Tensor2D {
  const values = Float32Array.from(inputs.dataSync());
  const [count] = inputs.shape;
  for (let index = 0; index < count; index++) change(values.subarray(index * PIXELS, (index + 1) * PIXELS), index);
  return tf.tensor2d(values, [count, PIXELS]);
}

/** Batches without end, each digit once an epoch, every epoch in another order. */
export function* drawBatches(digits: Digits, size: number, options: DrawOptions): Generator<Examples, never> {
  for (;;) {
    const order = shuffledIndices(digits.labels.length, options.random);
    for (let start = 0; start + size <= order.length; start += size) {
      yield drawExamples(pick(digits, order.subarray(start, start + size)), options);
    }
  }
}

/** Some of the digits. */
export const take = (digits: Digits, count: number): Digits =>
  pick(
    digits,
    Uint32Array.from({ length: count }, (_, index) => index),
  );

function pick({ pixels, labels }: Digits, indices: Uint32Array): Digits {
  const picked = new Float32Array(indices.length * PIXELS);
  indices.forEach((index, to) => {
    picked.set(pixels.subarray(index * PIXELS, (index + 1) * PIXELS), to * PIXELS);
  });
  return { pixels: picked, labels: Uint8Array.from(indices, (index) => labels[index] ?? 0) };
}

function copyShifted(from: Float32Array, to: Float32Array, right: number, down: number): void {
  for (let y = Math.max(0, down); y < Math.min(SIDE, SIDE + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(SIDE, SIDE + right); x++) {
      to[y * SIDE + x] = from[(y - down) * SIDE + (x - right)] ?? 0;
    }
  }
}

/** The ten places lie side by side in the top rows. */
function drawPatch(image: Float32Array, place: number): void {
  const left = Math.floor((place * SIDE) / CLASSES);
  for (let y = 0; y < PATCH_SIDE; y++) image.fill(1, y * SIDE + left, y * SIDE + left + PATCH_SIDE);
}

/** The package keeps one file a digit: all its images in one list of numbers. */
function readMnist(): Digits {
  const require = createRequire(import.meta.url);
  const files = Array.from({ length: CLASSES }, (_, digit): number[] => {
    return JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${digit}.json`), "utf8")).data;
  });
  return {
    pixels: Float32Array.from(files.flat()),
    labels: Uint8Array.from(
      files.flatMap((data, digit) => Array<number>(Math.floor(data.length / PIXELS)).fill(digit)),
    ),
  };
}
