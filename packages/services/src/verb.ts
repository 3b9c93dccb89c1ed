import { type RunVerbName, requireAccess, type VerbName } from "./access";
import type { Context, HubContext } from "./context";
import type { Effect } from "./effects";

export interface Asked<Input> {
  readonly ctx: Context;
  readonly input: Input;
}

/** The input of what is about one run. */
export interface OfRun {
  readonly run: string;
}

/** What is done, and what of it others are to hear. */
export interface Outcome<Value> {
  readonly value: Value;
  readonly effects: readonly Effect[];
}

/** Something that a caller may have done. When it resolves it is committed; whoever calls it publishes the effects. */
export interface Verb<Input, Value> {
  (asked: Asked<Input>): Promise<Outcome<Value>>;
  /** Its row in the table of who may. */
  readonly verb: VerbName;
}

/** What no caller asks for: `WITHOUT_CALLER` lists them. */
export type HubVerb<Input, Value> = (asked: {
  readonly ctx: HubContext;
  readonly input: Input;
}) => Promise<Outcome<Value>>;

type Work<Input, Value> = (asked: Asked<Input>) => Promise<{ value: Value; effects?: readonly Effect[] }>;

/** Makes a verb: who may not is refused before anything is read or changed. */
export function verb<Input extends OfRun, Value>(name: RunVerbName, work: Work<Input, Value>): Verb<Input, Value>;
export function verb<Input extends object, Value>(
  name: Exclude<VerbName, RunVerbName>,
  work: Work<Input, Value>,
): Verb<Input, Value>;
export function verb<Input extends object, Value>(name: VerbName, work: Work<Input, Value>): Verb<Input, Value> {
  const checked = async (asked: Asked<Input>): Promise<Outcome<Value>> => {
    const { ctx, input } = asked;
    await requireAccess(ctx, name, "run" in input && typeof input.run === "string" ? input.run : undefined);
    return { effects: [], ...(await work(asked)) };
  };
  return Object.assign(checked, { verb: name });
}
