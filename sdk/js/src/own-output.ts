let depth = 0;

/** True while Tailbone itself writes: that is no output of the training. */
export function isOwnOutput(): boolean {
  return depth > 0;
}

/** Writes a line for the person at the terminal to stderr. */
export function say(text: string): void {
  depth++;
  try {
    process.stderr.write(`tailbone: ${text}\n`);
  } finally {
    depth--;
  }
}

/** Warnings of one run: each kind is told once. */
export class Warnings {
  readonly #told = new Set<string>();
  readonly #tell: (text: string) => void;

  constructor(tell: (text: string) => void = say) {
    this.#tell = tell;
  }

  /** `text` says what happened and what to do. */
  once(kind: string, text: string): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#tell(`${text} (Told once.)`);
  }
}
