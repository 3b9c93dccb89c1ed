import { KEY_SCOPES, ROLES } from "@tailbone/protocol/access";
import { INGEST_EVENTS, INGEST_NAMESPACE, LIVE_EVENTS, LIVE_NAMESPACE } from "@tailbone/protocol/sockets";
import { ACCESS, type VerbName } from "@tailbone/services/access";

/** Something that can be asked for. */
export interface Operation {
  readonly verb: VerbName;
  /** The request, or the event. */
  readonly asked: string;
}

const START = `# Who may what

Drawn from the table that decides (\`packages/services/src/access.ts\`) and from the hub's own routes and events by a test, which asks for each of
them as each of these; \`WRITE_ACCESS=1 npx vitest run apps/hub/src/http/access.pg.test.ts\` writes it anew.

Whoever is nobody (no session, no key, a wrong one) gets 401 everywhere. To whoever is of another team, what this one has does not exist: 404. A key does no more than the person whose it is:
the keys of a member who is made a viewer only read from then on. A key for one project reaches that project, where the last column says so; the rest answers 403.
A changed role, a revoked key and a removed member count at once, on open connections too.
`;

const REACHES: Record<(typeof ACCESS)[VerbName]["reach"], string> = {
  run: "its runs",
  project: "itself",
  team: "no",
  self: "yes",
};

/** What each event of a socket asks for. */
const EVENT_VERBS: Record<keyof typeof INGEST_EVENTS | keyof typeof LIVE_EVENTS, VerbName> = {
  "writer:open": "openWriter",
  "frame:append": "appendFrames",
  "writer:beat": "beatWriter",
  "run:follow": "followRun",
  "run:leave": "followRun",
  "project:follow": "getProject",
  "project:leave": "getProject",
};

const ANYBODY = `## Anybody

These ask for neither session nor key: the pages and their files (they show nothing but what the API answers to who looks at them), \`GET /healthz\`, \`GET /tailbone.tgz\` (the SDK), \`/api/auth/*\` (signing in and out, second factor, one's
own session), \`POST /invitations/look\` and \`POST /invitations/accept\` (the link is what lets in). \`GET /metrics\` answers any caller, and on this machine anybody.
`;

/** The page of who may what. */
export function drawAccess(operations: readonly Operation[]): string {
  const events = (namespace: string, names: object): Operation[] =>
    Object.keys(names).map((name) => ({
      asked: `${namespace} ${name}`,
      verb: EVENT_VERBS[name as keyof typeof EVENT_VERBS],
    }));
  const sockets = [...events(INGEST_NAMESPACE, INGEST_EVENTS), ...events(LIVE_NAMESPACE, LIVE_EVENTS)];
  return [START, drawPart("HTTP, below `/api/v1`", operations), drawPart("Sockets", sockets), ANYBODY].join("\n");
}

function drawPart(title: string, operations: readonly Operation[]): string {
  const heads = [
    "",
    "verb",
    ...[...ROLES].reverse(),
    ...KEY_SCOPES.map((scope) => `key: ${scope}`),
    "key for one project",
  ];
  const rows = operations.map(({ asked, verb }) => {
    const { who, reach } = ACCESS[verb];
    const roles = [...ROLES].reverse().map((role) => mark(who.roles, role));
    const scopes = KEY_SCOPES.map((scope) => mark(who.scopes, scope));
    return [`\`${asked}\``, verb, ...roles, ...scopes, who.scopes.length === 0 ? "" : REACHES[reach]];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [`## ${title}`, "", line(heads), line(heads.map(() => "---")), ...rows.map(line), ""].join("\n");
}

const mark = (list: readonly string[], one: string): string => (list.includes(one) ? "yes" : "");
