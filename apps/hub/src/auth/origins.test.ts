import { expect, test } from "vitest";
import { findOrigins, isAllowedSocket, isSameOriginMutation } from "./origins";

const origins = findOrigins("127.0.0.1", 4400, "https://tailbone.example.org");

test("a hub on loopback is the same by each of its names, and by its public address", () => {
  for (const origin of [
    "http://127.0.0.1:4400",
    "http://localhost:4400",
    "http://[::1]:4400",
    "https://tailbone.example.org",
  ]) {
    expect(isSameOriginMutation({ origin, fetchSite: undefined }, origins)).toBe(true);
  }
});

test("another port of this machine, another site and silence change nothing", () => {
  for (const origin of ["http://127.0.0.1:3000", "https://evil.example", "null"]) {
    expect(isSameOriginMutation({ origin, fetchSite: "same-origin" }, origins)).toBe(false);
    expect(isAllowedSocket({ origin, fetchSite: undefined }, origins)).toBe(false);
  }
  expect(isSameOriginMutation({ origin: undefined, fetchSite: undefined }, origins)).toBe(false);
  expect(isSameOriginMutation({ origin: undefined, fetchSite: "same-site" }, origins)).toBe(false);
});

test("a program without an origin may open a socket; a page of a neighbour on this machine may not", () => {
  expect(isAllowedSocket({ origin: undefined, fetchSite: undefined }, origins)).toBe(true);
  expect(isAllowedSocket({ origin: undefined, fetchSite: "same-site" }, origins)).toBe(false);
});
