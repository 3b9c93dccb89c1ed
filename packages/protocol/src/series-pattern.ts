import { boundedText } from "./names";

/** A series by its name, in which `*` stands for anything, slashes too: `train/loss`, `train/*`, `*loss*`. */
export const seriesPatternSchema = boundedText("a series", 600);

/** Whether a name fits a pattern in which `*` stands for anything. */
export function fitsSeries(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  const [first = ""] = parts;
  if (parts.length === 1) return name === pattern;
  const last = parts.at(-1) ?? "";
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= name.length - last.length;
}
