import { TailboneError } from "@tailbone/protocol/errors";
import type { Alert } from "@tailbone/protocol/rules";
import type { Run, RunState } from "@tailbone/protocol/run";
import {
  type Followed,
  followProjectSchema,
  followRunSchema,
  leaveRunSchema,
  type PageSaved,
} from "@tailbone/protocol/sockets";
import type { Committed } from "@tailbone/services/effects";
import { getProject } from "@tailbone/services/projects/get-project";
import { followRun } from "@tailbone/services/runs/follow-run";
import { fromOf } from "../auth/security-log";
import { expectedFailure } from "../failure";
import type { HubSocket } from "../hub-socket";
import type { Log } from "../log";
import type { Metrics } from "../metrics";
import type { ContextOf, Perform } from "../perform";
import { answerWith } from "../reply";
import { FeedStore } from "./feed";
import { createHeadThrottle } from "./head-throttle";
import { Viewer } from "./viewer";

export interface LiveOptions {
  /** A team's run as it is now, for all who follow it. Throws `not_found`. */
  readonly readHead: (team: string, run: string) => Promise<Run>;
  readonly perform: Perform;
  readonly contextOf: ContextOf;
  readonly epoch: () => string;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Live {
  /** Pushes committed frames to whom they concern. Called in the order of the run's stream. */
  readonly committed: (committed: Committed) => void;
  /** A run's head (state, name, tags) has changed by other means than a frame. */
  readonly changed: (run: Run) => void;
  readonly deleted: (run: Run) => void;
  /** To every viewer of the team. */
  readonly alertRaised: (team: string, alert: Alert) => void;
  readonly alertChanged: (team: string, alert: Alert) => void;
  readonly pageSaved: (team: string, saved: PageSaved) => void;
  /** The database was restored to an older state: viewers come again, and read anew. */
  readonly restored: () => void;
  /** Serves a socket that has been let in. */
  readonly connect: (socket: HubSocket) => void;
  readonly close: () => void;
}

const FEED_BYTES = { runBytes: 8 * 1024 * 1024, totalBytes: 128 * 1024 * 1024 };
const HEAD_INTERVAL_MS = 250;
const FOLLOWED_RUNS = 500;

/** A run's head that viewers are to be told of; read only if there are any, and not more often than they are told. */
interface HeadToTell {
  readonly run: string;
  readonly project: string;
  readonly state: RunState;
  readonly read: () => Promise<Run>;
}

const headOf = (run: Run): HeadToTell => ({
  run: run.id,
  project: run.project.id,
  state: run.state,
  read: async () => run,
});

/** Who follows what. An entry without viewers is not kept. */
class Followers {
  readonly #viewers = new Map<string, Set<Viewer>>();

  join(id: string, viewer: Viewer): void {
    const viewers = this.#viewers.get(id);
    if (viewers === undefined) this.#viewers.set(id, new Set([viewer]));
    else viewers.add(viewer);
  }

  leave(id: string, viewer: Viewer): void {
    const viewers = this.#viewers.get(id);
    viewers?.delete(viewer);
    if (viewers?.size === 0) this.#viewers.delete(id);
  }

  of(id: string): Iterable<Viewer> {
    return this.#viewers.get(id) ?? [];
  }
}

/** The live half of the hub: after a commit, every viewer of the run gets what is new to it. */
export function createLive({ readHead, perform, contextOf, epoch, metrics, log }: LiveOptions): Live {
  const feeds = new FeedStore(FEED_BYTES);
  const byRun = new Followers();
  const byProject = new Followers();
  const byTeam = new Followers();
  const viewers = new Set<Viewer>();
  metrics.watchViewerPackets(() => [...viewers].reduce((sum, { packets }) => sum + packets, 0));
  const heads = createHeadThrottle<HeadToTell>(HEAD_INTERVAL_MS, (head) => {
    if (audience(head).size > 0) return tell(head);
  });

  function audience({ run, project }: HeadToTell): Set<Viewer> {
    return new Set([...byRun.of(run), ...byProject.of(project)]);
  }

  /** False: the database does not answer at the moment. */
  async function tell(head: HeadToTell): Promise<boolean> {
    try {
      const run = await head.read();
      for (const viewer of audience(head)) viewer.changed(run);
      return true;
    } catch (error) {
      log.debug({ err: error }, "a run's head was not pushed");
      return expectedFailure(error)?.code !== "unavailable";
    }
  }

  async function follow(viewer: Viewer, wanted: Set<string>, payload: unknown): Promise<Followed> {
    const { run: id, offset, epoch: known = epoch() } = followRunSchema.parse(payload);
    if (viewer.followed >= FOLLOWED_RUNS) {
      throw new TailboneError(
        "rate_limited",
        `One connection follows at most ${FOLLOWED_RUNS} runs.`,
        "Leave runs that are not on screen.",
      );
    }
    wanted.add(id);
    const run = await perform(contextOf(viewer.socket.data.caller, fromOf(viewer.socket.request)), followRun, {
      run: id,
    });
    // From here on nothing waits, so no commit falls between what is answered and what is pushed.
    const feed = feeds.get(id);
    const end = Math.max(feed?.end ?? 0, run.offset);
    const isOfThisEpoch = known === epoch();
    const isInFeed = isOfThisEpoch && offset !== null && feed?.end === end && feed.start <= offset && offset <= end;
    const resumed = isInFeed || (isOfThisEpoch && offset === end);
    // It may have left again while the run was looked up.
    if (wanted.has(id)) {
      byRun.join(id, viewer);
      viewer.follow(id, isInFeed ? offset : end, end);
    }
    return { epoch: epoch(), offset: end, resumed, run };
  }

  function connect(socket: HubSocket): void {
    const viewer = new Viewer(socket, feeds, () => metrics.resets.inc());
    const wanted = new Set<string>();
    const projects = new Set<string>();
    const team = socket.data.caller.team.id;
    // Alerts, and what is kept of pages, tell of all projects.
    if (socket.data.caller.project === null) byTeam.join(team, viewer);
    viewers.add(viewer);
    metrics.viewers.inc();
    socket.use((_event, next) => {
      viewer.asked();
      next();
    });
    socket.on("run:follow", (request, answer) => {
      void answerWith(answer, log, () => follow(viewer, wanted, request));
    });
    socket.on("run:leave", (request) => {
      const parsed = leaveRunSchema.safeParse(request);
      if (!parsed.success) return;
      wanted.delete(parsed.data.run);
      byRun.leave(parsed.data.run, viewer);
      viewer.leave(parsed.data.run);
    });
    socket.on("project:follow", (request, answer) => {
      void answerWith(answer, log, async () => {
        const { project } = followProjectSchema.parse(request);
        projects.add(project);
        await perform(contextOf(socket.data.caller, fromOf(socket.request)), getProject, { project });
        if (projects.has(project)) byProject.join(project, viewer);
        return null;
      });
    });
    socket.on("project:leave", (request) => {
      const parsed = followProjectSchema.safeParse(request);
      if (!parsed.success) return;
      projects.delete(parsed.data.project);
      byProject.leave(parsed.data.project, viewer);
    });
    socket.on("disconnect", () => {
      metrics.viewers.dec();
      byTeam.leave(team, viewer);
      viewers.delete(viewer);
      for (const run of wanted) byRun.leave(run, viewer);
      for (const project of projects) byProject.leave(project, viewer);
      wanted.clear();
      projects.clear();
      viewer.close();
    });
  }

  return {
    committed: ({ team, run, project, state, from, leg, frames }) => {
      const feed = feeds.append(
        run,
        from,
        frames.map((bytes) => ({ leg, bytes })),
      );
      for (const viewer of byRun.of(run)) viewer.grown(run, feed);
      heads.push({ run, project, state, read: () => readHead(team, run) });
    },
    changed: (run) => heads.push(headOf(run)),
    deleted: (run) => {
      heads.forget(run.id);
      feeds.delete(run.id);
      for (const viewer of audience(headOf(run))) {
        viewer.deleted(run.id);
        byRun.leave(run.id, viewer);
      }
    },
    alertRaised: (team, alert) => {
      for (const viewer of byTeam.of(team)) viewer.alert("alert:raised", alert);
    },
    alertChanged: (team, alert) => {
      for (const viewer of byTeam.of(team)) viewer.alert("alert:changed", alert);
    },
    pageSaved: (team, saved) => {
      for (const viewer of byTeam.of(team)) viewer.pageSaved(saved);
    },
    restored: () => {
      feeds.clear();
      // The connection, not the socket: the viewer then comes back by itself.
      for (const { socket } of viewers) socket.conn.close();
    },
    connect,
    close: heads.close,
  };
}
