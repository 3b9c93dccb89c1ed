import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TailboneError } from "@tailbone/protocol/errors";
import * as tf from "@tensorflow/tfjs-core";
import { say } from "../own-output";
import { registerChainedOps } from "./chained-ops";
import { registerTrainingKernels } from "./wasm-kernels/register";

/** Where TensorFlow.js computes, fastest first. */
const BACKENDS = {
  "node-gpu": { package: "@tensorflow/tfjs-node-gpu", name: "tensorflow" },
  node: { package: "@tensorflow/tfjs-node", name: "tensorflow" },
  wasm: { package: "@tensorflow/tfjs-backend-wasm", name: "wasm" },
  cpu: { package: "@tensorflow/tfjs-backend-cpu", name: "cpu" },
} as const;

export type BackendName = keyof typeof BACKENDS;

export interface PickBackendOptions {
  /** Tried in this order. Default: `node-gpu`, `node`, `wasm`, `cpu`. */
  readonly order?: readonly BackendName[];
  /** Don't print which it is. */
  readonly quiet?: boolean;
  /** The file beside which backends are looked for. Default: the script that runs. */
  readonly script?: string | undefined;
}

/**
 * Makes the fastest backend that is installed and works the current one, prints which, and registers the kernels that
 * it lacks for training. Throws `unavailable` if there is none.
 */
export async function pickBackend({
  order = ["node-gpu", "node", "wasm", "cpu"],
  quiet = false,
  script = process.argv[1],
}: PickBackendOptions = {}): Promise<BackendName> {
  for (const choice of order) {
    const backend = BACKENDS[choice];
    try {
      if (!(await importInstalled(backend.package, script)) || !(await tf.setBackend(backend.name))) continue;
      await tf.ready();
      if ((await multiply()) !== 3) throw new Error("it multiplies wrongly");
    } catch (error) {
      say(`${backend.package} is installed but does not work here: ${error instanceof Error ? error.message : error}`);
      continue;
    }
    if (choice === "wasm") registerTrainingKernels();
    registerChainedOps();
    if (!quiet) say(`computing on ${choice} (${backend.package})`);
    return choice;
  }
  throw new TailboneError(
    "unavailable",
    `No backend of TensorFlow.js is installed (looked for ${order.join(", ")}).`,
    "Install one beside your script: npm install @tensorflow/tfjs-backend-wasm, or @tensorflow/tfjs-node.",
  );
}

/**
 * Where the features of a model that trains on the current backend are measured, best first: in a thread with the
 * training's own native backend, else on wasm, and in plain JavaScript where there is nothing better.
 */
export function backendsForMeasuring(): readonly BackendName[] {
  if (tf.getBackend() !== "tensorflow") return ["wasm", "cpu"];
  const backend: object = tf.backend();
  const isGpu = "isGPUPackage" in backend && backend.isGPUPackage === true;
  return [isGpu ? "node-gpu" : "node", "wasm", "cpu"];
}

/**
 * Imports a package as the script would, which is where its author has installed it; else as the SDK would. False: it
 * isn't there.
 */
async function importInstalled(name: string, script: string | undefined): Promise<boolean> {
  const beside = createRequire(script ?? join(process.cwd(), "script.js"));
  try {
    await import(pathToFileURL(beside.resolve(name)).href);
    return true;
  } catch (error) {
    if (!isMissing(error, name)) throw error;
  }
  try {
    await import(name);
    return true;
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    return false;
  }
}

/** That a package is missing, and not something that the package itself needs. */
function isMissing(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND") &&
    error.message.includes(`'${name}'`)
  );
}

async function multiply(): Promise<number | undefined> {
  const product = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])));
  const [first] = await product.data().finally(() => product.dispose());
  return first;
}
