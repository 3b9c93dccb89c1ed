import { AsyncLocalStorage } from "node:async_hooks";

/** A session as better-auth hands it to its hooks. */
interface Session {
  readonly id: string;
  readonly userId: string;
}

/** What one request did to sessions. */
interface Visit {
  readonly made: Session[];
  readonly ended: Session[];
}

const visits = new AsyncLocalStorage<Visit>();

/** Runs a request and hears of the sessions that it makes and ends; better-auth's hooks tell by `noteSession`. */
export async function watchSessions<T>(work: () => Promise<T>): Promise<Visit & { result: T }> {
  const visit: Visit = { made: [], ended: [] };
  const result = await visits.run(visit, work);
  return { ...visit, result };
}

export function noteSession(what: keyof Visit, { id, userId }: Session): void {
  visits.getStore()?.[what].push({ id, userId });
}
