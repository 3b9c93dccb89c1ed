import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import { z } from "zod";
import type { Api } from "./environment";

/**
 * Where `npm install` gets the SDK from: `npm install http://127.0.0.1:4400/tailbone.tgz`. It is of the hub's own
 * release, and no secret.
 */
const SDK_PACKAGE_PATH = "/tailbone.tgz";

const packageSchema = z.object({ version: z.string() });

/** The package as it was built beside the hub; null when there is none. */
function readSdkPackage(): Uint8Array<ArrayBuffer> | null {
  try {
    const file = createRequire(import.meta.url).resolve("tailbone/package.json");
    const { version } = packageSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    return new Uint8Array(readFileSync(join(dirname(file), `tailbone-${version}.tgz`)));
  } catch {
    return null;
  }
}

export function addSdkPackage(app: Api): void {
  const bytes = readSdkPackage();
  app.get(SDK_PACKAGE_PATH, (c) => {
    if (bytes !== null) return c.body(bytes, 200, { "content-type": "application/gzip" });
    throw new TailboneError("not_found", "This hub has no package of the SDK.", "`npm start` builds it.");
  });
}
