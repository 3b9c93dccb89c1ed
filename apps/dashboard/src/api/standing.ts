import type { Me } from "@tailbone/protocol/http";

/*
 * What is worth offering to whom. The hub decides: what is offered wrongly is refused there.
 */

export const isManager = ({ team: { role } }: Me): boolean => role === "owner" || role === "admin";
