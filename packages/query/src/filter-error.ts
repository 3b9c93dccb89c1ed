import { TailboneError } from "@tailbone/protocol/errors";
import type { Place } from "./filter";

/** A filter that cannot be read, or not be answered: where, what stands there, and what would fit. */
export class FilterError extends TailboneError {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof TailboneError && "fits" in value;
  }

  override readonly place: Place;
  /** What would fit, in words or as it is written; may be empty. */
  readonly fits: readonly string[];

  /** `what`: a sentence without its stop. */
  constructor(place: Place, what: string, fits: readonly string[]) {
    const hint = fits.length === 0 ? "Leave it out, or put it in quotes." : `What fits there: ${fits.join(", ")}.`;
    super("bad_request", `Filter, character ${place.from + 1}: ${what}.`, hint, { place });
    this.name = "FilterError";
    this.place = place;
    this.fits = fits;
  }
}
