import type { NextConfig } from "next";

export default {
  // These packages are TypeScript sources; Next compiles them with its own.
  transpilePackages: [
    "@tailbone/protocol",
    "@tailbone/base",
    "@tailbone/client",
    "@tailbone/series",
    "@tailbone/lifecycle",
    "@tailbone/query",
  ],
  poweredByHeader: false,
  devIndicators: false,
  // Types are checked by `npm run verify`, of all packages at once.
  typescript: { ignoreBuildErrors: true },
} satisfies NextConfig;
