#!/usr/bin/env node
import { createProgram } from "./program";
import { EXIT, reportError } from "./report-error";

process.stdout.on("error", (error) => process.exit(reportError(error)));
let exitCode: number = EXIT.ok;
try {
  const program = createProgram((code) => {
    exitCode = code;
  });
  await program.parseAsync();
} catch (error) {
  exitCode = reportError(error);
}
process.exitCode = exitCode;
