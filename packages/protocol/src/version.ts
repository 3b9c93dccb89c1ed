/**
 * The version of everything that crosses a process border: frames, socket events, HTTP bodies.
 * Raise it when a change makes an older peer misread a newer one; `version.test.ts` fails until the pinned hash agrees.
 */
export const PROTOCOL_VERSION = 2;
