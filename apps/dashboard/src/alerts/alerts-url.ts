import { parseAsString, parseAsStringLiteral } from "nuqs";

export const TABS = ["inbox", "rules", "channels", "deliveries"] as const;

/** What of the alerts is in the URL. */
export const alertsParsers = {
  tab: parseAsStringLiteral(TABS).withDefault("inbox"),
  which: parseAsStringLiteral(["open", "unread", "all"]).withDefault("open"),
  /** The alert that is selected. */
  alert: parseAsString,
};
