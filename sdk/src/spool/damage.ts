import { TailboneError } from "@tailbone/protocol/errors";

/** A spool holds frames that cannot be read, with others behind them. */
export class DamagedSpoolError extends TailboneError {
  constructor(
    readonly file: string,
    readonly offset: number,
    what: string,
  ) {
    super(
      "frame_malformed",
      `The spool is damaged: ${what} (${file}, byte ${offset}).`,
      "What lies before is delivered and the files are kept. To deliver the rest without the damaged part, run " +
        "`tailbone sync --skip-damaged`; the run will say that points are missing.",
    );
    this.name = "DamagedSpoolError";
  }
}
