import type { Caller } from "@tailbone/services/caller";

/**
 * Who is inside: the open sockets by their callers, so that whoever loses a right loses the connection with it, at
 * once.
 */
export interface Admissions {
  /** Counts the cuts: who was let in before one and enters after it is looked at again. */
  readonly cuts: () => number;
  /** Call what it returns when the socket is gone. */
  readonly enter: (caller: Caller, close: () => void) => () => void;
  readonly cut: (isMeant: (caller: Caller) => boolean) => void;
}

export function createAdmissions(): Admissions {
  const inside = new Map<object, { caller: Caller; close: () => void }>();
  let cuts = 0;
  return {
    cuts: () => cuts,
    enter: (caller, close) => {
      const ticket = {};
      inside.set(ticket, { caller, close });
      return () => inside.delete(ticket);
    },
    cut: (isMeant) => {
      cuts++;
      for (const { caller, close } of [...inside.values()]) if (isMeant(caller)) close();
    },
  };
}
