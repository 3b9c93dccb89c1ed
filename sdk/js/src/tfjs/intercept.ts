/** Puts `replacement` in the place of a method of one object (or prototype). Returns what puts the original back. */
export function intercept<T extends object, K extends keyof T>(target: T, method: K, replacement: T[K]): () => void {
  const own = Object.getOwnPropertyDescriptor(target, method);
  Object.defineProperty(target, method, { value: replacement, configurable: true, writable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(target, method);
    else Object.defineProperty(target, method, own);
  };
}
