/** `work`, one at a time: whoever asks while it is under way gets what comes of that. */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null;
  return () => {
    underWay ??= work().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/**
 * `work`, one at a time: whoever asks while it is under way gets what comes of the next, which begins after it, one for
 * all who ask.
 */
export function oneAfterAnother<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    next = null;
    underWay = work().finally(() => {
      underWay = null;
    });
    return underWay;
  };
  return () => {
    if (next !== null) return next;
    if (underWay === null) return begin();
    next = underWay.then(begin, begin);
    return next;
  };
}
