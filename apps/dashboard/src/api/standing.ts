import type { Me } from "@tailbone/protocol/http";

/*
 * What is worth offering to whom. The hub decides: what is offered wrongly is refused there.
 */

/** Viewers see everything and change nothing. */
export const mayEdit = ({ team: { role } }: Me): boolean => role !== "viewer";

export const isManager = ({ team: { role } }: Me): boolean => role === "owner" || role === "admin";
