import { TailboneError } from "@tailbone/protocol/errors";

/** The JSON values of a text that has one a line; empty lines are none. Throws `bad_request` that names the line. */
export function parseLines(text: string): unknown[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line)];
    } catch (cause) {
      throw new TailboneError(
        "bad_request",
        `Line ${index + 1} is not JSON.`,
        "NDJSON has one JSON value on each line. Nothing of it was stored.",
        { cause },
      );
    }
  });
}
