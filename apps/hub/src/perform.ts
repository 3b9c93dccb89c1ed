import type { Caller } from "@tailbone/services/caller";
import type { Context, From, HubContext } from "@tailbone/services/context";
import type { Effect } from "@tailbone/services/effects";
import type { Outcome } from "@tailbone/services/verb";

/** What a verb works with, on behalf of a caller and at this moment. */
export type ContextOf = (caller: Caller, from: From) => Context;

/** Tells whom it concerns what was committed. What tells at once does so in the effects' order, before this returns. */
export type Publish = (effects: readonly Effect[]) => Promise<void>;

/** Has a verb done, publishes what came of it, and resolves with what is to be answered. */
export type Perform = <Ctx extends HubContext, Input, Value>(
  ctx: Ctx,
  verb: (asked: { readonly ctx: Ctx; readonly input: Input }) => Promise<Outcome<Value>>,
  input: Input,
) => Promise<Value>;

export function createPerform(publish: Publish): Perform {
  return async (ctx, verb, input) => {
    const { value, effects } = await verb({ ctx, input });
    await publish(effects);
    return value;
  };
}
