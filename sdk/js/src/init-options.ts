import { join, resolve } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import type { JsonObject } from "@tailbone/protocol/json";
import { projectNameSchema, runIdSchema, runNameSchema, tagsSchema } from "@tailbone/protocol/names";
import { z } from "zod";
import { DEFAULT_URL, readEnvironment } from "./environment";
import { toJsonObject } from "./json-values";

const modeSchema = z.enum(["online", "offline", "disabled"]);
export type Mode = z.infer<typeof modeSchema>;

/** What `init` takes. */
export interface InitOptions {
  readonly project: string;
  /** Default: the hub finds one that is free. */
  readonly name?: string;
  /** Settings of the training, as JSON can hold them. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
  /** A UUID; default: a new one. */
  readonly id?: string;
  /** `true`: goes on with the run `id`, which must exist. `"allow"`: goes on with it, or makes it. */
  readonly resume?: boolean | "allow";
  /** Default: TAILBONE_API_KEY, else the key that the hub on this machine has put in the credentials' file. */
  readonly apiKey?: string;
  /** Default: TAILBONE_URL, else http://127.0.0.1:4400. */
  readonly url?: string;
  /**
   * `online` delivers while the training runs. `offline` only writes the spool, for `tailbone sync`. `disabled` does
   * nothing. Default: TAILBONE_MODE, else `online`.
   */
  readonly mode?: Mode;
  /** Data folder, in which the spool lies. Default: TAILBONE_DATA, else `.tailbone` in the current folder. */
  readonly dir?: string;
  /** Capture what the process writes to stdout and stderr. Default: true. */
  readonly console?: boolean;
  /** Measure processor, memory and GPU. Default: every 5000 ms. */
  readonly system?: boolean | { readonly everyMs: number };
  /** How many steps the training will take. */
  readonly totalSteps?: number;
  /**
   * How long `finish` waits for what is still measured or saved, and then as long again for the delivery. Default: 30
   * 000 ms.
   */
  readonly finishTimeoutMs?: number;
  /** Print nothing but warnings. */
  readonly quiet?: boolean;
}

const urlSchema = z
  .url({ protocol: /^https?$/, error: "is an http or https URL" })
  .transform((url) => new URL(url).origin);

const optionsSchema = z.strictObject({
  project: projectNameSchema,
  name: runNameSchema.optional(),
  config: z.unknown().optional(),
  tags: tagsSchema.default([]),
  id: runIdSchema.optional(),
  resume: z.union([z.boolean(), z.literal("allow")]).default(false),
  apiKey: z.string().min(1).max(256).optional(),
  url: urlSchema,
  mode: modeSchema,
  dir: z.string().min(1),
  console: z.boolean().default(true),
  system: z
    .union([z.boolean(), z.strictObject({ everyMs: z.number().min(100) })])
    .default(true)
    .transform((system) => (system === true ? 5000 : system === false ? 0 : system.everyMs)),
  totalSteps: z.number().positive().optional(),
  finishTimeoutMs: z.number().min(0).default(30_000),
  quiet: z.boolean().default(false),
});

/** Options as `init` works with them: complete and checked. */
export type CheckedOptions = Omit<z.infer<typeof optionsSchema>, "config"> & {
  readonly config: JsonObject;
  readonly spoolRoot: string;
  readonly configHome: string;
};

function wrongOptions(what: string): TailboneError {
  return new TailboneError(
    "bad_request",
    `init() was called with wrong options: ${what}.`,
    "Correct them; the types of InitOptions say what each may be.",
  );
}

/** Throws a TailboneError that names the first wrong option. */
export function parseInitOptions(options: InitOptions): CheckedOptions {
  const env = readEnvironment();
  const given = {
    ...options,
    apiKey: options?.apiKey ?? env.apiKey,
    url: options?.url ?? env.url ?? DEFAULT_URL,
    mode: options?.mode ?? env.mode ?? "online",
    dir: options?.dir ?? env.dataDir,
  };
  const parsed = optionsSchema.safeParse(withoutUndefined(given));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join(".") ?? "";
    throw wrongOptions(`${path === "" ? "" : `${path}: `}${issue?.message ?? "they are not understood"}`);
  }
  const config = toJsonObject(parsed.data.config ?? {});
  if (typeof config === "string") throw wrongOptions(`config: ${config}`);
  if (parsed.data.resume === true && parsed.data.id === undefined)
    throw wrongOptions("resume: the id of the run is missing");
  return { ...parsed.data, config, spoolRoot: resolve(join(parsed.data.dir, "spool")), configHome: env.configHome };
}

function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
