import { readdirSync } from "node:fs";
import { KEY_SCOPES, ROLES } from "@tailbone/protocol/access";
import { expect, test } from "vitest";
import { ACCESS, requireVerb, type VerbName, WITHOUT_CALLER } from "./access";
import type { Caller } from "./caller";

const files = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) => readdirSync(`${import.meta.dirname}/${folder.name}`).map((file) => `./${folder.name}/${file}`))
  .filter((file) => !file.includes(".test."));
const nameOf = (file: string): string =>
  file.replace(/^.*\/|\.ts$/g, "").replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const verbs = Object.keys(ACCESS) as VerbName[];

test("the table and the files have the same verbs, each under its own name", async () => {
  // Frames are committed behind the hub's queues.
  expect([...files.map(nameOf), "appendFrames", "logEntries"].sort()).toEqual([...verbs, ...WITHOUT_CALLER].sort());
  for (const file of files) {
    const module: Record<string, unknown> = await import(file);
    expect([file, Object.keys(module)]).toEqual([file, [nameOf(file)]]);
    if (verbs.some((verb) => verb === nameOf(file))) expect(module[nameOf(file)]).toHaveProperty("verb", nameOf(file));
  }
});

const team = { id: "t", name: "team" };
const callers: [string, Caller, (verb: VerbName) => boolean][] = [
  ...ROLES.map((role): (typeof callers)[number] => [
    role,
    { team, project: null, by: { kind: "user", id: "u", name: "Ada", email: "ada@example.org", role, session: null } },
    (verb) => ACCESS[verb].who.roles.includes(role),
  ]),
  ...KEY_SCOPES.map((scope): (typeof callers)[number] => [
    scope,
    { team, project: null, by: { kind: "key", id: "k", name: "ci", scopes: [scope], createdBy: null, role: null } },
    (verb) => (ACCESS[verb].who.scopes as readonly string[]).includes(scope),
  ]),
];

test.each(callers)("%s is let do what the table says, and told who may do the rest", (_, caller, mayDo) => {
  for (const verb of verbs) {
    const ask = () => requireVerb(caller, verb);
    if (mayDo(verb)) ask();
    else expect(ask).toThrow(expect.objectContaining({ code: "forbidden", hint: expect.stringMatching(/\w/) }));
  }
});
