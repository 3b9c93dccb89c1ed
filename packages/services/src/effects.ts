import type { Alert } from "@tailbone/protocol/rules";
import type { OpenWriter, Run } from "@tailbone/protocol/run";

/** What was committed and concerns others than who asked, in the words of what happened. Plain data: the hub publishes it. */
interface Happened {
  /** A run's head (state, name, tags) is another now. */
  "run-changed": { readonly run: Run };
  "run-deleted": { readonly run: Run };
  /** New alerts lie in the database, with what is to be delivered of them. */
  "alerts-raised": { readonly team: string; readonly alerts: readonly string[] };
  /** A writer was opened, or found again; the frame `next` is the one that is expected of it. */
  "writer-opened": { readonly request: OpenWriter; readonly next: number; readonly by: string };
  "alert-changed": { readonly team: string; readonly alert: Alert };
  /** The outbox has something to send. */
  "delivery-due": object;
}

export type EffectType = keyof Happened;
export type Effect<T extends EffectType = EffectType> = { [K in T]: { readonly type: K } & Happened[K] }[T];
