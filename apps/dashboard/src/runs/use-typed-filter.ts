import { FilterError } from "@tailbone/query/filter-error";
import { parseFilter } from "@tailbone/query/parse-filter";
import { useState } from "react";

export interface TypedFilter {
  /** The newest text that could be read: what is asked for while another is being typed. */
  readonly asked: string;
  /** What is wrong with the text as it stands; null: nothing. */
  readonly error: FilterError | null;
}

export function useTypedFilter(text: string): TypedFilter {
  const error = problemOf(text);
  const [asked, setAsked] = useState(error === null ? text : "");
  if (error === null && asked !== text) setAsked(text);
  return { asked: error === null ? text : asked, error };
}

function problemOf(text: string): FilterError | null {
  try {
    parseFilter(text);
    return null;
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
}
