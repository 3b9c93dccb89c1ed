import { KEY_SCOPES } from "@tailbone/protocol/access";
import { runIdSchema } from "@tailbone/protocol/names";
import { Command, InvalidArgumentError, Option } from "commander";
import about from "../package.json" with { type: "json" };
import { EXPORT_FORMATS } from "./export-writer";
import { createKey } from "./keys-create";
import { exportRun } from "./runs-export";
import { listRuns } from "./runs-ls";
import { tailRun } from "./runs-tail";
import { sync } from "./sync";

const EXIT_CODES = `
Exit codes: 0 all is well, 1 something failed (the message says what to do), 2 wrong usage.`;

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;

function parseRunId(text: string): string {
  if (runIdSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError("It is no run's id; `tailbone runs ls` lists them.");
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isFinite(days) && days > 0 && days <= 3650) return days;
  throw new InvalidArgumentError("Name a number of days, at most 3650.");
}

/** Adds the options of every command that asks a hub. */
function withHub(command: Command, otherwise = "http://127.0.0.1:4400"): Command {
  return command
    .option("--url <url>", `the hub (default: TAILBONE_URL, else ${otherwise})`)
    .option("--api-key <key>", "the key to it (default: TAILBONE_API_KEY, else the one stored on this machine)")
    .option("--json", "print JSON, one object a line");
}

/** The command line. `setExitCode` is told when a command has not failed, but not all is well either. */
export function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command("tailbone")
    .description("Watch a model while it trains.")
    .version(about.version, "-V, --version")
    .addHelpText("after", EXIT_CODES)
    .exitOverride();

  program
    .command("start")
    .description("serve the hub, the dashboard and, unless DATABASE_URL is set, an embedded database")
    .option("--port <port>", "port to listen on (default: TAILBONE_PORT, else 4400)")
    .option("--host <host>", "address to listen on (default: TAILBONE_HOST, else 127.0.0.1)")
    .option("--data <dir>", "data folder (default: TAILBONE_DATA, else .tailbone)")
    .option("--no-dashboard", "without pages")
    .option("--json", "print URL and sign-in link as one line of JSON")
    .addHelpText("after", examples("tailbone start", "tailbone start --port 8080 --data /var/lib/tailbone"))
    .action(async (options) => {
      // The hub is loaded only here: the other commands shall not wait for it.
      const { start } = await import("./start");
      await start(options);
    });

  withHub(program.command("sync"), "the one that each spool was written for")
    .argument("[dir]", "a spool folder, or the part of one run (default: spool in TAILBONE_DATA, else .tailbone/spool)")
    .description("deliver what killed or offline trainings have left on disk")
    .option("--ended", "the trainings have ended, also where that cannot be seen from here: remove what is delivered")
    .addHelpText(
      "after",
      examples("tailbone sync", "tailbone sync /mnt/node7/.tailbone/spool --url https://tailbone.example.org"),
    )
    .action(async (dir, options) => setExitCode(await sync(dir, options)));

  const runs = program.command("runs").description("look at runs");
  withHub(runs.command("ls"))
    .argument(
      "[filter...]",
      "which runs: words in name, tags or state, config.lr<1e-2, 'last(loss)<0.2' (docs/filters.md)",
    )
    .description("list runs")
    .option("--project <project>", "of this project (name or id)")
    .option("--filter <filter>", "the filter again, for one that begins with -")
    .option("--sort <key>", "created, name, state, duration or series:NAME; a leading - turns it round")
    .option("--limit <count>", "at most so many, up to 500", "50")
    .addHelpText(
      "after",
      examples(
        "tailbone runs ls --project digits",
        "tailbone runs ls state=running --json",
        "tailbone runs ls 'config.lr<1e-2 last(loss)<0.2 started>-7d'",
        "tailbone runs ls --sort=-series:accuracy",
      ),
    )
    .action(async (words, options) => listRuns(words, options));
  withHub(runs.command("tail"))
    .argument("<run>", "the run's id", parseRunId)
    .description(
      "follow what a run logs, live, until it ends; what was missed while the hub was away is read anew, except changes of config and tags",
    )
    .addHelpText(
      "after",
      examples("tailbone runs tail 0199a8e2-…", "tailbone runs tail 0199a8e2-… --json | jq .metrics.loss"),
    )
    .action(async (run, options) => tailRun(run, options));
  withHub(runs.command("export"))
    .argument("<run>", "the run's id", parseRunId)
    .description("write every raw point of a run: series, step, time_ms, value")
    .addOption(new Option("--format <format>", "csv, json or parquet").choices(EXPORT_FORMATS).default("csv"))
    .option("--out <file>", "where to (default: the terminal; Parquet needs a file)")
    .option("--series <name...>", "only these series")
    .addHelpText(
      "after",
      examples(
        "tailbone runs export 0199a8e2-… --out run.csv",
        "tailbone runs export 0199a8e2-… --format parquet --out run.parquet",
      ),
    )
    .action(async (run, options) => exportRun(run, options));

  const keys = program.command("keys").description("API keys of the team");
  withHub(keys.command("create"))
    .argument("<name>", "what the key is for")
    .description("make an API key in the owner's name, on the hub's machine; it is shown this once")
    .addOption(
      new Option("--scope <scope...>", "what it may do: ingest and read unless said otherwise").choices(KEY_SCOPES),
    )
    .option("--project <project>", "for this project alone (name or id)")
    .option("--days <days>", "until it expires", parseDays)
    .addHelpText(
      "after",
      examples(
        "tailbone keys create 'node 7' --scope ingest --project digits --days 30",
        "export TAILBONE_API_KEY=$(tailbone keys create ci)",
      ),
    )
    .action(async (name, options) => createKey(name, options));
  return program;
}
