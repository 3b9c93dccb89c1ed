import { FEATURE_STATES } from "@tailbone/protocol/reading";
import { runStateSchema } from "@tailbone/protocol/run";

/** What a field holds: it decides what it can be compared with, and how. `any` is a value of a config. */
export type Kind = "text" | "choice" | "number" | "time" | "span" | "any";

interface Described {
  readonly kind: Kind;
  readonly about: string;
  /** Of a choice. */
  readonly choices?: readonly string[];
}

const RUN_STATES = runStateSchema.options;

/** What every run has, by the name under which a filter asks for it. */
export const KEYS = {
  name: { kind: "text", about: "its name" },
  id: { kind: "text", about: "its id" },
  number: { kind: "number", about: "its number in the team" },
  state: { kind: "text", about: "running, stalled, finished …", choices: RUN_STATES },
  tag: { kind: "text", about: "one of its tags" },
  project: { kind: "text", about: "its project's name" },
  person: { kind: "text", about: "who started it" },
  host: { kind: "text", about: "the machine's name" },
  commit: { kind: "text", about: "the commit of git" },
  notes: { kind: "text", about: "its notes" },
  created: { kind: "time", about: "when the hub heard of it first" },
  started: { kind: "time", about: "when it began" },
  seen: { kind: "time", about: "when it was heard of last" },
  finished: { kind: "time", about: "when it ended" },
  duration: { kind: "span", about: "how long it took, or has taken so far" },
  step: { kind: "number", about: "its largest step" },
  points: { kind: "number", about: "how many points it has" },
} as const satisfies Record<string, Described>;
export type Key = keyof typeof KEYS;

/** What can be asked of a series or a feature by its name: `last(loss)`, `onset(patch)`. */
export const AGGREGATES = {
  last: { kind: "number", of: "series", about: "last value" },
  first: { kind: "number", of: "series", about: "first value" },
  min: { kind: "number", of: "series", about: "least finite value" },
  max: { kind: "number", of: "series", about: "greatest finite value" },
  mean: { kind: "number", of: "series", about: "mean of the finite values" },
  count: { kind: "number", of: "series", about: "how many points" },
  onset: { kind: "number", of: "feature", about: "the step by which it was functional first" },
  vestigial: { kind: "number", of: "feature", about: "the step by which it was vestigial first" },
  state: { kind: "choice", of: "feature", about: "its state", choices: FEATURE_STATES },
} as const satisfies Record<string, Described & { of: "series" | "feature" }>;
export type Aggregate = keyof typeof AGGREGATES;

/** `is:running` */
export const FLAGS = [...RUN_STATES, "archived"] as const;
export type Flag = (typeof FLAGS)[number];

export const isKey = (text: string): text is Key => Object.hasOwn(KEYS, text);
export const isAggregate = (text: string): text is Aggregate => Object.hasOwn(AGGREGATES, text);
export const isFlag = (text: string): text is Flag => FLAGS.some((flag) => flag === text);

/** What describes a field, wherever it comes from. */
export function describe(
  field: { type: "key"; key: Key } | { type: "config" } | { type: "aggregate"; aggregate: Aggregate },
): Described {
  if (field.type === "key") return KEYS[field.key];
  return field.type === "config" ? { kind: "any", about: "a value of its config" } : AGGREGATES[field.aggregate];
}
