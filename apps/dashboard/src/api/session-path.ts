/** The path of a page with its query, for coming back to it. */
export function withQuery(path: string, query: Readonly<Record<string, string | string[] | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, one);
  }
  return search.size > 0 ? `${path}?${search}` : path;
}
