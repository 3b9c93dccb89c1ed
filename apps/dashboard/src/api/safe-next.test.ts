import fc from "fast-check";
import { expect, test } from "vitest";
import { safeNext } from "./safe-next";
import { withQuery } from "./session-path";

const home = "http://127.0.0.1:4400";

test("a page is come back to, with its query", () => {
  const page = withQuery("/runs/1", { zoom: "1..2", x: ["step"] });
  expect(safeNext(`${page}#a`, home)).toBe(`${home}/runs/1?zoom=1..2&x=step#a`);
  expect(safeNext(null, home)).toBe(`${home}/`);
  expect(safeNext("/sign-in?next=%2F", home)).toBe(`${home}/`);
});

test("no address leaves the site, however it is written", () => {
  const nasty = [
    "/\t/evil.example",
    "/\n/evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/%2e//evil.example",
    "https://evil.example",
    "http:evil.example",
    "http:///evil.example",
    "http://127.0.0.1:4400@evil.example",
    "http://127.0.0.1:44000/",
    "https://127.0.0.1:4400/",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "blob:http://127.0.0.1:4400/x",
    "\u0000//evil.example",
    " //evil.example",
    "http://[",
  ];
  const pieces = [
    "/",
    "\\",
    "\t",
    "\n",
    "\r",
    "\0",
    " ",
    ".",
    "..",
    "%2f",
    "%5c",
    "@",
    ":",
    "?",
    "#",
    "http:",
    "https:",
  ];
  const part = fc.oneof(fc.constantFrom(...pieces, "evil.example", "javascript:", "127.0.0.1:4400", "／"), fc.string());
  const address = fc.oneof(
    fc.constantFrom(...nasty),
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(address, (next) => {
      // As a browser does with what it is told to go to.
      const gone = new URL(safeNext(next, home), `${home}/sign-in`);
      expect([gone.origin, gone.protocol]).toEqual([home, "http:"]);
    }),
    { numRuns: 5000 },
  );
});
