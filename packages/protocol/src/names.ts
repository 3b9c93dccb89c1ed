import { z } from "zod";
import { LIMITS, utf8Length } from "./limits";
import { text } from "./text";

/** A non-empty text of at most `bytes` bytes of UTF-8, without control characters. */
export function boundedText(what: string, bytes: number) {
  return text()
    .min(1, `${what} is empty`)
    .refine((given) => utf8Length(given) <= bytes, `${what} is longer than ${bytes} bytes`)
    .refine((given) => !/\p{Cc}/u.test(given), `${what} has control characters`);
}

export const runIdSchema = z.uuid();
export const writerIdSchema = z.uuid();
export const projectNameSchema = boundedText("a project's name", LIMITS.nameBytes);
export const runNameSchema = boundedText("a run's name", LIMITS.nameBytes);
export const seriesNameSchema = boundedText("a series' name", LIMITS.seriesNameBytes);
export const tagSchema = boundedText("a tag", LIMITS.tagBytes);
export const tagsSchema = z.array(tagSchema).max(LIMITS.tags);

/** Milliseconds since 1970, by the clock of whoever writes it, as far as a date can tell them; fractions are kept. */
export const timeMsSchema = z.number().min(-LIMITS.timeMs).max(LIMITS.timeMs);
export const stepSchema = z.number();
