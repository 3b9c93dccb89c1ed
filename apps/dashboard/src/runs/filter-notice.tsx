import type { FilterError } from "@tailbone/query/filter-error";

/** What of a filter cannot be read, at its place, and what would fit there. */
export function FilterNotice({ filter, error }: { filter: string; error: FilterError }) {
  const { from, to } = error.place;
  return (
    <p role="alert" className="sticky left-0 flex flex-wrap gap-x-3 px-4 pb-2 text-xs">
      <code aria-hidden className="whitespace-pre">
        {filter.slice(0, from)}
        <mark className="rounded-sm bg-bad-soft text-bad underline decoration-wavy">
          {filter.slice(from, Math.max(to, from + 1)) || " "}
        </mark>
        {filter.slice(Math.max(to, from + 1))}
      </code>
      <span className="text-bad">{error.message}</span>
      <span className="text-soft">{error.hint}</span>
    </p>
  );
}
