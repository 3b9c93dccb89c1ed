import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser } from "./browser";
import { type Child, spawnNode } from "./processes";
import { openPlace, type Place, type Stack, startStack, trainer } from "./stack";

/** A Tailbone of one test's own, and a browser in which its owner is signed in. */
export interface Visit {
  readonly browser: Browser;
  readonly place: Place;
  /** The owner's session, which outlives restarts of the hub. */
  readonly owner: BrowserContext;
  /** The page on which the owner has signed in. */
  readonly page: Page;
  /** Another one after `restart`. */
  readonly stack: Stack;
  readonly restart: () => Promise<void>;
  /** Starts a trainer of tests/trainers, and resolves once it has its run. */
  readonly train: (name: string, ...args: (string | number)[]) => Promise<{ child: Child; run: string }>;
  /** Ends everything that runs, the trainers too. */
  readonly close: () => Promise<void>;
}

export interface VisitOptions {
  /** Added to the environment of whatever runs. */
  readonly env?: Record<string, string>;
  /** Sees the owner's first page before it has been anywhere. */
  readonly onPage?: (page: Page) => unknown;
}

export async function openVisit({ env, onPage }: VisitOptions = {}): Promise<Visit> {
  const [browser, place] = await Promise.all([launchBrowser(), openPlace(env)]);
  let stack = await startStack(place);
  const owner = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await owner.newPage();
  const children: Child[] = [];
  const visit: Visit = {
    browser,
    place,
    owner,
    page,
    get stack() {
      return stack;
    },
    restart: async () => {
      await stack.stop();
      stack = await startStack(place);
    },
    train: async (name, ...args) => {
      const child = spawnNode([trainer(name), ...args.map(String)], { env: place.env, cwd: place.folder });
      children.push(child);
      const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
      return { child, run };
    },
    close: async () => {
      await Promise.all(children.map((child) => child.kill("SIGKILL")));
      await browser.close();
      await stack.stop();
      await place.remove();
    },
  };
  try {
    await onPage?.(page);
    await signIn(page, stack.signInLink);
    return visit;
  } catch (error) {
    await visit.close();
    throw error;
  }
}

/** Follows a one-time link to whatever page it ends on. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.waitForURL((url) => !url.pathname.startsWith("/api/") && !url.pathname.startsWith("/sign-in"));
}
