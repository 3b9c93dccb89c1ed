/** Scrolling that paused for so long has ended. */
const PAUSE_MS = 150;

/** Watches whether anything on the page is being scrolled, until it is stopped. */
export function watchScrolling(): { readonly isScrolling: () => boolean; readonly stop: () => void } {
  let scrolledAt = Number.NEGATIVE_INFINITY;
  const scrolled = (): void => {
    scrolledAt = performance.now();
  };
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  return {
    isScrolling: () => performance.now() - scrolledAt < PAUSE_MS,
    stop: () => document.removeEventListener("scroll", scrolled, { capture: true }),
  };
}
