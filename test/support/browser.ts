import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Home } from "./home.ts";

const candidates = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** Where a browser lies, or null. On CI it must be there: then the start fails and says so. */
export const browserPath: string | null =
  candidates.find((path) => path !== undefined && path !== "" && existsSync(path)) ?? null;
export const isBrowserMissing = browserPath === null && !process.env.CI;

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A headless browser with a fresh profile, whose temporary files lie in the home. */
export function startBrowser(home: Home): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? "/usr/bin/chromium",
    args: flags,
    headless: true,
    env: home.env(),
  });
}

/** Resolves once nothing is half-way between two colours any more. */
export const settled = `Promise.allSettled(
  document.getAnimations()
    .filter((one) => one instanceof CSSTransition)
    .map((one) => one.finished),
)`;

/** The rules that colours decide: all that another theme can break. */
export const themeRules: readonly string[] = ["color-contrast", "link-in-text-block"];

const allRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Rules broken on the page as it stands, or those of `only`, one line each; empty is right. */
export async function brokenRules(page: Page, only?: readonly string[]): Promise<string[]> {
  // A colour half-way between two themes is nobody's choice.
  await page.evaluate(settled);
  const runOnly =
    only === undefined
      ? { type: "tag" as const, values: allRules }
      : { type: "rule" as const, values: [...only] };
  const { violations } = await new AxeBuilder({ page, ...(await sourceFor(page)) })
    // The page has no frames, so all is done in it. Else each look would open an empty page for its result alone.
    .setLegacyMode()
    .options({ runOnly, resultTypes: ["violations"] })
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

/** What has to be loaded before a look: after the first one at a page, nothing. */
async function sourceFor(page: Page): Promise<{ axeSource?: string }> {
  if (page.frames().length > 1) throw new Error("The rules are not tried in frames.");
  return (await page.evaluate("'axe' in window")) === true ? { axeSource: ";" } : {};
}

const framed = `Promise.race([
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
  new Promise((done) => setTimeout(() => done(false), 3000)),
])`;
const resizesMax = 5;

/**
 * Resolves once the page is drawn in this size. A headless browser that is resized again before it has drawn
 * may draw nothing any more, and then nothing can be clicked: another change of size makes it go on.
 */
export async function resize(page: Page, width: number, height: number): Promise<void> {
  for (let attempt = 0; attempt < resizesMax; attempt += 1) {
    if (attempt > 0) await page.setViewportSize({ width, height: height + attempt });
    await page.setViewportSize({ width, height });
    if (await page.evaluate(framed)) return;
  }
  throw new Error("The browser draws no more frames.");
}

/** How far the page can be scrolled to the side, in pixels. */
export const sidewaysPixels = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** From the next load on, every value that a progress bar of the page shows is noted. */
export async function watchBars(page: Page): Promise<void> {
  const path = fileURLToPath(new URL("./watch-bars.js", import.meta.url));
  await page.addInitScript({ path });
}

/** What each bar has shown since the page was loaded, by its name. A reload would empty it. */
export const watchedBars = (page: Page): Promise<Record<string, number[]>> =>
  page.evaluate("window.watched.bars");

let shots = 0;

/** Kept when PILOTLIGHT_SCREENSHOTS names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.PILOTLIGHT_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  shots += 1;
  const file = `${String(shots).padStart(2, "0")}-${name}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}

export interface Gate {
  readonly url: string;
  /** Streams of news that are open through it now. */
  streams(): number;
  /** Nobody is there: connections end, new ones are refused. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** An address before a server that can be away for a while and come back. Ends shut. */
export async function startGate(target: string): Promise<Gate> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const streams = new Set<Socket>();
  const server = createServer((near) => {
    near.on("data", (chunk) => {
      if (chunk.includes("GET /api/workspaces/-/events")) streams.add(near);
    });
    near.on("close", () => streams.delete(near));
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  let own = 0;
  const open = (): Promise<void> =>
    new Promise((resolve) => {
      server.listen(own, "127.0.0.1", resolve);
    });
  await open();
  const address = server.address();
  own = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}`,
    streams: () => streams.size,
    open,
    shut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
