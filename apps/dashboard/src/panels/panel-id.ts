/** An id of its own for a panel that is made; those that series have by themselves are called by the series. */
export const newPanelId = (): string =>
  `#${Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36).padStart(7, "0")).join("")}`;
