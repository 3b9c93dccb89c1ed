import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../support/stack";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

function* sourcesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["node_modules", "dist", ".next", ".turbo"].includes(entry.name)) yield* sourcesIn(path);
    } else if (/\.(ts|tsx|mjs)$/.test(entry.name) && !/\.test/.test(entry.name)) yield path;
  }
}

/** What processes of Tailbone tell each other, and nobody else sets. */
const INTERNAL = ["TAILBONE_HUB_URL", "TAILBONE_PRINT_RUN"];

/** A function, a class, a constant, or a method of a class or of an object. */
const defines = (source: string, name: string): boolean =>
  new RegExp(
    `(?:function|class|const) ${name}\\b|^ +(?:async |static )*${name}(?:<.*>)?(?:\\(|: (?:async )?\\()`,
    "m",
  ).test(source);

describe("the documents", () => {
  test("README names every variable of the environment that the sources read", () => {
    const sources = ["apps", "packages", "sdk", "scripts"].flatMap((folder) => [...sourcesIn(folder)]);
    const named = new Set(sources.flatMap((path) => read(path).match(/\bTAILBONE_[A-Z_]+\b/g) ?? []));
    const readme = read("README.md");
    expect([...named].filter((name) => !INTERNAL.includes(name) && !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test("every promise names tests that are there", () => {
    const named = [...read("docs/promises.md").matchAll(/`((?:apps|packages|sdk|tests)\/[^`]+\.(?:ts|tsx))`/g)];
    const paths = named.map(([, path = ""]) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("every file and function that a walk names is there", () => {
    const steps = [...read("docs/architecture.md").matchAll(/`([a-z][\w./-]+\.tsx?)` → ((?:`\w+`(?:, )?)+)/g)];
    expect(steps.length).toBeGreaterThan(25);
    const missing = steps.flatMap(([, path = "", names = ""]) => {
      if (!existsSync(join(root, path))) return [path];
      const source = read(path);
      return [...names.matchAll(/\w+/g)]
        .map(([name]) => name)
        .filter((name) => !defines(source, name))
        .map((name) => `${path} → ${name}`);
    });
    expect(missing).toEqual([]);
  });

  test("comments keep to the width that code keeps to", () => {
    const wide = ["apps", "packages", "sdk", "tests", "scripts"]
      .flatMap((folder) => [...sourcesIn(folder)])
      .flatMap((path) =>
        read(path)
          .split("\n")
          .map((line, index) => ({ place: `${path}:${index + 1}`, line })),
      )
      .filter(({ line }) => line.length > 120 && /^\s*(\/\/|\/?\*)/.test(line) && !/biome-ignore|\S{60}/.test(line));
    expect(wide.map(({ place }) => place)).toEqual([]);
  });

  test("what a shell is shown to say needs no curl newer than that of Ubuntu 22.04 (7.81): --json came with 7.82", () => {
    const shown = [
      ["README.md", "docs/protocol.md"],
      ...["apps", "sdk"].map((folder) => [...sourcesIn(folder)]),
    ].flat();
    expect(shown.filter((path) => /\bcurl\b.* --json\b/.test(read(path)))).toEqual([]);
    expect(read("README.md")).toMatch(/curl .* -H "\$json" -d/);
  });

  test("every file that a document links to is there", () => {
    for (const [folder, document] of [
      ["", "README.md"],
      ["", "CONTRIBUTING.md"],
      ...readdirSync(join(root, "docs"))
        .filter((name) => name.endsWith(".md"))
        .map((name) => ["docs", name]),
    ] as const) {
      const links = [...read(join(folder ?? "", document ?? "")).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        ([, to = ""]) => join(folder ?? "", to),
      );
      expect(
        links.filter((to) => !existsSync(join(root, to))),
        document,
      ).toEqual([]);
    }
  });
});
