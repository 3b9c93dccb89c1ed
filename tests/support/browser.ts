import { existsSync } from "node:fs";
import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/** Where a Chrome of the machine's own may be; elsewhere than on Linux the npm package brings none. */
const installed = [
  process.env.CHROME_PATH,
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

/** A real browser: on Linux the one that comes from npm, elsewhere (or by CHROME_PATH) the Chrome that is there. */
export async function launchBrowser(): Promise<Browser> {
  const found = installed.find((path) => path !== undefined && existsSync(path));
  const executablePath = found ?? (process.platform === "linux" ? await sparticuz.executablePath() : undefined);
  if (executablePath === undefined) {
    throw new Error("There is no Chrome on this machine. Install Google Chrome, or name one in CHROME_PATH.");
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--headless=new", "--disable-gpu"] });
}
