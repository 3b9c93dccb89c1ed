/** Bounds of a filter, so that whatever is sent is answered soon. */
export const FILTER_LIMITS = {
  /** Characters of its text. */
  length: 4000,
  /** Brackets and NOTs within each other. */
  depth: 40,
  /** Terms, and values in all lists together. */
  terms: 200,
  /** Characters of a regular expression, and its parts once repetitions are written out. */
  patternLength: 500,
  patternParts: 300,
  /** How often a part may be repeated by number. */
  repeats: 255,
  /** How many characters lie between the ends of a range in a class. */
  rangeLength: 1000,
} as const;
