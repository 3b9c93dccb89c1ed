import * as store from "@tailbone/db/read/list-records";
import { type Asked, type OfRun, verb } from "../verb";

interface ListConsole extends OfRun {
  readonly before?: number | undefined;
  readonly limit: number;
}

/** A page of a run's captured output. Throws `not_found`. */
export const listConsole = verb("listConsole", async ({ ctx, input }: Asked<ListConsole>) => ({
  value: await store.listConsole(ctx.db, { ...input, team: ctx.team.id }),
}));
