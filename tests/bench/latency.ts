import { launchBrowser } from "../support/browser";
import { spawnNode } from "../support/processes";
import { openPlace, startStack, trainer } from "../support/stack";
import { quantile, report } from "./report";

const TICKS = 500;

/** From `run.log` in one process to the frame that shows the point in a real browser, both by the machine's clock. */
export async function benchLatency(): Promise<void> {
  const place = await openPlace();
  const stack = await startStack(place);
  const browser = await launchBrowser();
  const page = await browser.newPage();
  // The compiler that runs this file names its functions through a helper, which the page does not have.
  await page.addInitScript("globalThis.__name = (named) => named");
  await page.goto(stack.signInLink);

  const child = spawnNode([trainer("ticks"), String(TICKS)], { env: place.env, cwd: place.folder });
  const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
  await page.goto(`${stack.url}/runs/${run}`);
  await page.waitForSelector('[data-testid="connection"][data-state="live"]');
  await page.evaluate(() => {
    const seen: [step: number, atMs: number][] = [];
    Object.assign(window, { seen });
    let last = -1;
    const look = (): void => {
      const chart = document.querySelector('[data-testid="chart"][data-series="tick"]');
      const step = Number(chart?.getAttribute("data-last-step") ?? -1);
      // Runs before a paint: what it finds is on the screen with the frame that follows.
      if (step > last) {
        last = step;
        requestAnimationFrame(() => seen.push([step, performance.timeOrigin + performance.now()]));
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const { loggedAtMs }: { loggedAtMs: number[] } = JSON.parse(
    await child.line((line) => line.startsWith('{"loggedAtMs"')),
  );
  await child.exited;
  await page.waitForFunction(
    (last) => (window as unknown as { seen: [number, number][] }).seen.some(([step]) => step >= last),
    TICKS - 1,
  );
  const seen = await page.evaluate(() => (window as unknown as { seen: [number, number][] }).seen);
  await browser.close();
  await stack.stop();
  await place.remove();

  // The first second is the page's start, not its steady state.
  const latencies = loggedAtMs.slice(25).map((atMs, index) => {
    const shown = seen.find(([step]) => step >= index + 25);
    return (shown?.[1] ?? Number.NaN) - atMs;
  });
  for (const [metric, p] of [
    ["p50_ms", 0.5],
    ["p95_ms", 0.95],
    ["p99_ms", 0.99],
  ] as const) {
    report({ bench: "latency", metric, value: quantile(latencies, p), unit: "ms", samples: latencies.length });
  }
}
