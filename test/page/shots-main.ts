import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { sidewaysPixels, startBrowser } from "../support/browser.ts";
import { startOwnPostgres } from "./own-postgres.ts";
import { nameOf } from "./rules.ts";
import { type Sight, type State, sightsIn } from "./screens.ts";
import { setStage } from "./stage.ts";
import { openWindow, setTheme } from "./visit.ts";

/**
 * `npm run page:shots -- OUT [WORD]`: pictures of every screen in every state it has, in both themes, wide and narrow;
 * with a word, of those whose name holds it. Says which are wider than the window, and ends with 1 then.
 */
const [out = "shots", word = ""] = process.argv.slice(2);
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const sizes = [
  { name: "1280", width: 1280, height: 860 },
  { name: "320", width: 320, height: 760 },
] as const;
/** A list of hundreds of rows is not drawn to its end. */
const heightMax = 3000;

await mkdir(out, { recursive: true });
const server = await startOwnPostgres();
const stage = await setStage(server.makeDatabase);
const browser = await startBrowser(stage.home);
let pictures = 0;
let wrong = 0;

function complain(what: string): void {
  wrong += 1;
  write(`WRONG ${what}`);
}

async function take(page: Page, name: string): Promise<void> {
  const height: number = await page.evaluate("document.documentElement.scrollHeight");
  const { width = 0 } = page.viewportSize() ?? {};
  await page.screenshot({
    path: join(out, `${name}.png`),
    fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(height, heightMax) },
  });
  pictures += 1;
}

async function takeAll(sights: readonly Sight[]): Promise<void> {
  for (const { name: sizeName, ...size } of sizes) {
    const window = await openWindow(browser, stage, size, (error) => complain(error));
    for (const sight of sights) {
      const name = nameOf(sight);
      const unseen = await window.show(sight).catch((error: Error) => error.message);
      if (unseen !== null) complain(`${name}: ${unseen}`);
      const wider = await sidewaysPixels(window.page);
      if (wider > 0) complain(`${name} at ${sizeName}: ${wider} px wider than the window`);
      for (const colorScheme of ["light", "dark"] as const) {
        await setTheme(window.page, colorScheme);
        await take(window.page, `${name.replaceAll(" ", "-")}-${sizeName}-${colorScheme}`);
      }
      await window.page.emulateMedia({ colorScheme: "light" });
    }
    await window.close();
  }
}

const wanted = (...states: State[]): Sight[] =>
  sightsIn(states).filter((sight) => nameOf(sight).includes(word));
try {
  await takeAll(wanted("loaded", "empty", "error", "signed-out", "mid-run", "failed"));
  await stage.crowd();
  await takeAll(wanted("crowded"));
  write(`${pictures} pictures in ${out}, ${wrong} with something wrong.`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await browser.close();
  await stage.close();
  await server.stop();
}
