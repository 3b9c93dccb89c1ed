import { writeSync } from "node:fs";

/**
 * Tells the person at the terminal something, on stderr. Written at once: the training's thread may never be free to do
 * it, and it is no part of the captured output.
 */
export function tell(text: string): void {
  try {
    writeSync(2, `tailbone: ${text}\n`);
  } catch {
    // A closed or congested stderr is no reason to disturb a training.
  }
}
