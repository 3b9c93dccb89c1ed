import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { z } from "zod";

const MODEL = "model.json";
const WEIGHTS = "weights.bin";

/** How much was written. */
export interface SavedWeights {
  readonly bytes: number;
}

/**
 * Saves a model into a folder (model.json and weights.bin, as TensorFlow.js itself writes them), which appears whole or
 * not at all, and takes the place of one of that name. The weights are copied before this returns; the writing goes on
 * in the background.
 */
export async function saveModel(model: LayersModel, folder: string): Promise<SavedWeights> {
  let bytes = 0;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(artifacts.weightData ?? new ArrayBuffer(0)));
    bytes = weights.byteLength;
    const { weightData: _, weightSpecs = [], ...rest } = artifacts;
    const json = JSON.stringify({ ...rest, weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }] });
    await writeFolder(resolve(folder), { [MODEL]: Buffer.from(json), [WEIGHTS]: weights });
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  });
  await model.save(handler);
  return { bytes };
}

/**
 * Reads a model that was saved at a checkpoint: `await tf.loadLayersModel(savedModel("…/step-512"))`. TensorFlow.js
 * itself reads `file://` only where tfjs-node is installed. Throws `not_found` if there is none.
 */
export function savedModel(folder: string): tf.io.IOHandler {
  return { load: () => loadModel(resolve(folder)) };
}

const manifestSchema = z.object({ weightsManifest: z.array(z.object({ paths: z.array(z.string()) })).length(1) });

async function loadModel(folder: string): Promise<tf.io.ModelArtifacts> {
  const [json, weights] = await Promise.all([
    readFile(join(folder, MODEL), "utf8"),
    readFile(join(folder, WEIGHTS)),
  ]).catch((cause: unknown) => {
    throw new TailboneError(
      "not_found",
      `There is no saved model in ${folder}.`,
      `A folder such as step-512 is meant, with ${MODEL} and ${WEIGHTS} in it.`,
      { cause },
    );
  });
  const model: tf.io.ModelJSON = JSON.parse(json);
  manifestSchema.parse(model);
  const bytes = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength);
  return tf.io.getModelArtifactsForJSON(model, async (manifest) => [
    manifest.flatMap((group) => group.weights),
    bytes instanceof ArrayBuffer ? bytes : new Uint8Array(weights).buffer,
  ]);
}

/** Writes files beside the folder, syncs them, and gives the whole its name. */
async function writeFolder(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const draft = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  const aside = `${draft}.old`;
  try {
    await mkdir(draft, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) {
      const file = await open(join(draft, name), "w");
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await rename(folder, aside).catch(ignoreMissing);
    await rename(draft, folder);
    await rm(aside, { recursive: true, force: true });
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
