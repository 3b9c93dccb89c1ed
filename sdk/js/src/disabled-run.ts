import type { Run } from "./run";

/** A run that is nowhere: for tests and trials of a script. */
export function createDisabledRun(id: string, name: string, project: string): Run {
  const nothing = (): void => {};
  const finish = async (): Promise<void> => {};
  return {
    id,
    name,
    project,
    url: "",
    lastStep: null,
    log: nothing,
    config: nothing,
    tags: nothing,
    alert: nothing,
    checkpoint: nothing,
    feature: nothing,
    reading: nothing,
    pinStep: nothing,
    waitFor: nothing,
    finish,
    [Symbol.asyncDispose]: finish,
  };
}
