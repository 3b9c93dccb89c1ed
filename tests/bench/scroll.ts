import type { Page } from "playwright-core";
import { launchBrowser } from "../support/browser";
import { spawnNode } from "../support/processes";
import { openPlace, startStack, trainer } from "../support/stack";
import { quantile, report } from "./report";

const SERIES = 50;
const HISTORY = 5000;
const PAUSE_MS = 10;
const ROUNDS = 5;
const SCROLL_MS = 5000;

/** Scrolls down and up again by the clock, and returns the time between the frames that were painted meanwhile. */
async function scroll(page: Page): Promise<number[]> {
  return page.evaluate(async (lengthMs) => {
    const chart = document.querySelector('[data-testid="chart"]');
    let scrolled: Element | null = chart;
    while (scrolled !== null && scrolled.scrollHeight <= scrolled.clientHeight + 200) scrolled = scrolled.parentElement;
    const element = scrolled ?? document.documentElement;
    const depth = element.scrollHeight - element.clientHeight;
    const frames: number[] = [];
    await new Promise<void>((resolve) => {
      let began: number | null = null;
      let last = 0;
      const frame = (now: number): void => {
        if (began === null) began = now;
        else frames.push(now - last);
        last = now;
        const share = (now - began) / lengthMs;
        if (share >= 1) {
          resolve();
          return;
        }
        element.scrollTop = depth * (share < 0.5 ? 2 * share : 2 - 2 * share);
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    return frames;
  }, SCROLL_MS);
}

/**
 * Frames a second while a page with fifty charts is scrolled from end to end, live beside the same charts of a run that
 * has ended. Both pages are measured in turn on the same machine, with the trainer running all the time.
 */
export async function benchScroll(): Promise<void> {
  const place = await openPlace();
  const stack = await startStack(place);
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  // The compiler that runs this file names its functions through a helper, which the page does not have.
  await context.addInitScript("globalThis.__name = (named) => named");
  const start = async (pauseMs: number) => {
    const args = [trainer("many"), SERIES, HISTORY, pauseMs].map(String);
    const child = spawnNode(args, { env: place.env, cwd: place.folder });
    const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
    await child.line((line) => line.startsWith('{"logged"'));
    return { child, run };
  };
  const ended = await start(0);
  await ended.child.exited;
  const running = await start(PAUSE_MS);

  const page = await context.newPage();
  await page.goto(stack.signInLink);
  const rounds = { still: [] as number[][], live: [] as number[][] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of [["still", ended.run] as const, ["live", running.run] as const]) {
      await page.goto(`${stack.url}/runs/${run}`);
      await page.waitForFunction(
        (count) => document.querySelectorAll('[data-testid="chart"]').length === count,
        SERIES,
      );
      await page.waitForSelector('[data-testid="connection"][data-state="live"]');
      // The first passage reads every chart and compiles what draws it.
      await scroll(page);
      rounds[name].push(await scroll(page));
    }
  }
  await running.child.kill("SIGTERM");
  await browser.close();
  await stack.stop();
  await place.remove();

  const perSecond = (frames: readonly number[]): number =>
    (1000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0);
  const figures = [
    ["fps", "frames/s", perSecond],
    ["p95_frame_ms", "ms", (frames: readonly number[]) => quantile(frames, 0.95)],
  ] as const;
  for (const [metric, unit, of] of figures) {
    const [live, still] = [rounds.live, rounds.still].map((all) => quantile(all.map(of), 0.5));
    if (live === undefined || still === undefined) continue;
    const baseline = "the same page of a run that has ended";
    report({ bench: "scroll", metric, value: live, unit, baseline, baseline_value: still, ratio: live / still });
  }
}
