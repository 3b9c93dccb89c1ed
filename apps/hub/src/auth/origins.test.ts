import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { findOrigins, isAllowedSocket, isKnownHost, isSameOriginMutation } from "./origins";

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

test("a hub is known by its own names, by numbers and as localhost; a name that was turned to this machine is none of them", () => {
  const named = findOrigins("0.0.0.0", 4400, "https://tailbone.example.org", ["Hub"]);
  for (const host of ["127.0.0.1:4400", "10.1.2.3:9", "[::1]:4400", "localhost", "localhost:5500", "a.localhost:1"]) {
    expect([host, isKnownHost(host, named)]).toEqual([host, true]);
  }
  for (const host of ["tailbone.example.org", "TAILBONE.example.org:443", "hub:4400", undefined]) {
    expect([host, isKnownHost(host, named)]).toEqual([host, true]);
  }
  for (const host of [
    "evil.example:4400",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "a b",
    "hub.evil.example",
  ]) {
    expect([host, isKnownHost(host, named)]).toEqual([host, false]);
  }
});

test("the link of a hub that listens everywhere works from elsewhere", () => {
  const outward = Object.values(networkInterfaces()).some((all) => all?.some(({ internal }) => !internal));
  const { public: origin, local, allowed } = findOrigins("0.0.0.0", 4400, undefined);
  expect(new URL(origin).hostname === "127.0.0.1").toBe(!outward);
  expect(new URL(origin).hostname).not.toBe("0.0.0.0");
  expect(local).toBe("http://127.0.0.1:4400");
  expect(allowed.has(origin)).toBe(true);
});
