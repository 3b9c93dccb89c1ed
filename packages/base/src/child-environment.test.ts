import { expect, test } from "vitest";
import { childEnvironment } from "./child-environment";

test("a child gets what it needs to run and what it is given, and no setting or secret of its parent's", () => {
  const parent = {
    PATH: "/bin",
    LC_ALL: "de_DE",
    TAILBONE_SECRET: "s",
    DATABASE_URL: "postgres://u:p@h/d",
    TAILBONE_SMTP_URL: "smtp://u:p@h",
    AWS_SECRET_ACCESS_KEY: "k",
    NODE_OPTIONS: "--require /evil.js",
    HOME: undefined,
  };
  expect(childEnvironment({ LC_ALL: "C", NODE_ENV: "production" }, parent)).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
    NODE_ENV: "production",
  });
});
