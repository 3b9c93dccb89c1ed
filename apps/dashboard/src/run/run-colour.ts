const COLOURS = 12;

/** The colour of a run wherever it is shown: derived from its id, so that it is the same on every page and for everybody. */
export function runColour(run: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < run.length; index++) {
    hash = Math.imul(hash ^ run.charCodeAt(index), 0x01000193) >>> 0;
  }
  return `var(--run-${hash % COLOURS})`;
}
