import type { Place } from "./filter";
import { AGGREGATES, describe, FLAGS, KEYS, type Kind } from "./keys";
import { type Slot, slotsOf } from "./parse-filter";
import { printField, printWords } from "./print-filter";

/** What there is to ask for, as far as whoever completes knows it. */
export interface KnownNames {
  readonly config: readonly string[];
  readonly series: readonly string[];
  readonly features: readonly string[];
  /** What a field is of some run, by the field as it is written: `tag`, `config.optimizer`. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export interface Completion {
  /** What takes the place of `place`. */
  readonly text: string;
  /** What it is, for a person. */
  readonly about: string;
}

/** What could stand at the cursor, best first, and which part of the text it would replace. */
export interface Completions {
  readonly place: Place;
  readonly options: readonly Completion[];
}

const MOST = 50;

/** Values that are good to begin with, where no run's are known. */
const SAMPLES: Record<Kind, readonly string[]> = {
  text: [],
  choice: [],
  number: [],
  time: ["-1h", "-1d", "-7d", "-30d"],
  span: ["10m", "1h", "1d"],
  any: [],
};

/** What could stand at the cursor of a filter that is being written. */
export function completeFilter(text: string, cursor: number, known: KnownNames): Completions {
  const before = text.slice(0, cursor);
  const slot = slotsOf(before).reduce<Slot | null>((best, one) => (isBetter(one, best, cursor) ? one : best), null);
  if (slot === null) return { place: { from: cursor, to: cursor }, options: [] };
  const { from } = slot.place;
  const rest = /^[^\s()[\]|",:=<>~!@]*/.exec(text.slice(cursor))?.[0] ?? "";
  const start = before.slice(from).toLowerCase();
  return { place: { from, to: cursor + rest.length }, options: rank(optionsOf(slot, known), start) };
}

/** What ends at the cursor, and of that what has begun already. */
function isBetter({ place }: Slot, best: Slot | null, cursor: number): boolean {
  if (place.to !== cursor) return false;
  return best === null || place.from < cursor || best.place.from === cursor;
}

function rank(options: readonly Completion[], start: string): Completion[] {
  const grade = ({ text }: Completion): number => {
    const at = text.toLowerCase().indexOf(start);
    return at === -1 ? 2 : Math.min(at, 1);
  };
  const graded = options.map((option) => ({ option, grade: grade(option) })).filter(({ grade }) => grade < 2);
  return graded
    .toSorted((a, b) => a.grade - b.grade)
    .map(({ option }) => option)
    .slice(0, MOST);
}

function optionsOf({ type, field }: Slot, known: KnownNames): Completion[] {
  const names = (list: readonly string[], about: string): Completion[] =>
    list.map((name) => ({ text: printWords([name]), about }));
  switch (type) {
    case "term":
      return [...fieldsOf(known, ":"), ...conditions()];
    case "field":
      return fieldsOf(known, "");
    case "flag":
      return FLAGS.map((flag) => ({ text: flag, about: "a flag" }));
    case "series":
      return names(known.series, "a series");
    case "feature":
      return names(known.features, "a feature");
    case "value": {
      if (field === undefined) return [];
      const { kind, choices, about } = describe(field);
      const values = choices ?? [...(known.values[printField(field)] ?? []), ...SAMPLES[kind]];
      const isText = kind === "text" || kind === "any";
      return values.map((value) => ({ text: isText ? printWords([value]) : value, about }));
    }
  }
}

const conditions = (): Completion[] => [
  ...FLAGS.map((flag) => ({ text: `is:${flag}`, about: "a flag" })),
  { text: "has:", about: "what is there" },
  { text: "NOT ", about: "turns the next term round" },
  { text: "OR ", about: "one or the other" },
];

function fieldsOf(known: KnownNames, colon: string): Completion[] {
  const config = known.config.map((name) => `config.${printWords([name])}`);
  const of = (kind: "series" | "feature") =>
    Object.entries(AGGREGATES).flatMap(([aggregate, described]) =>
      described.of === kind ? [{ aggregate, about: described.about }] : [],
    );
  const asked = (names: readonly string[], kind: "series" | "feature"): Completion[] =>
    names.flatMap((name) =>
      of(kind).map(({ aggregate, about }) => ({ text: `${aggregate}(${printWords([name])})`, about })),
    );
  return [
    ...Object.entries(KEYS).map(([key, { kind, about }]) => ({
      text: `${key}${kind === "text" ? colon : ""}`,
      about,
    })),
    ...config.map((text) => ({ text, about: "a value of the config" })),
    ...asked(known.series, "series"),
    ...asked(known.features, "feature"),
  ];
}
