/** Remembers whether the rail is collapsed, so that the server draws it as it was left. */
export const RAIL_COOKIE = "tailbone.rail";
