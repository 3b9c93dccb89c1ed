import { type RefObject, useRef } from "react";

/**
 * For the content of a dialog that is opened by more than one button or by a key: when it closes, the focus goes back
 * to where it was. While it is open it begins at `first`; missing: at the first field of its form; without one, at the
 * first of what can have it.
 */
export function useReturnFocus(first?: RefObject<HTMLElement | null>) {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event: Event): void => {
      before.current = document.activeElement;
      const begin = first?.current ?? firstField(event.target);
      if (begin === null) return;
      event.preventDefault();
      begin.focus();
    },
    onCloseAutoFocus: (event: Event): void => {
      event.preventDefault();
      if (before.current instanceof HTMLElement) before.current.focus();
    },
  };
}

const firstField = (content: EventTarget | null): HTMLElement | null =>
  content instanceof Element ? content.querySelector("form :is(input, select, textarea)") : null;
