import { useSyncExternalStore } from "react";

/** The x that the pointer (or the keyboard) is at, shared by all panels of one axis. */
export interface Hover {
  /** In the unit that the axis shows (`shownX`). */
  readonly x: number;
  /** The panel that it is in. */
  readonly panel: string;
}

/** One crosshair for many panels, as a store: changes are told at most once a frame. */
export class HoverStore {
  readonly #listeners = new Set<() => void>();
  #hover: Hover | null = null;
  #scheduled = false;

  readonly get = (): Hover | null => this.#hover;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly set = (hover: Hover | null): void => {
    this.#hover = hover;
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  };
}

const noHover = (): null => null;

/** Where the pointer is now. */
export const useHover = ({ subscribe, get }: HoverStore): Hover | null => useSyncExternalStore(subscribe, get, noHover);
