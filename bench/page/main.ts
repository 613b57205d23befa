/**
 * `npm run page:budget [-- --documents 10000] [--dir FOLDER] [--browser PATH]`: what a first load of the page weighs, and how it
 * scrolls in a real browser with long lists. Ends with 1 when a budget is broken.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { firstLoad, lazyChunks, type Sized } from "./bundle.ts";
import { bestFrames, type Frames } from "./frames.ts";
import { seedDocuments } from "./seed.ts";
import { seedLanes, seedLongDeck } from "./seed-long.ts";
import { withSeededStack } from "./seeded-stack.ts";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "10000" },
    slides: { type: "string", default: "1000" },
    lanes: { type: "string", default: "500" },
    dir: { type: "string", default: "/var/tmp" },
    browser: { type: "string", default: "/usr/bin/chromium" },
  },
});
const [documents, slides, lanes] = [values.documents, values.slides, values.lanes].map(Number);
const budget = { firstLoadBytes: 230_000, framesPerSecondMin: 50 };
const webRoot = fileURLToPath(new URL("../../dist/web", import.meta.url));

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
const broken: string[] = [];

async function openBrowser(): Promise<Browser> {
  if (!existsSync(values.browser)) throw new Error(`No Chromium at ${values.browser}: --browser`);
  return chromium.launch({
    executablePath: values.browser,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
}

async function weigh(page: Page, url: string): Promise<readonly Sized[]> {
  const first = await firstLoad(page, url, webRoot);
  const sum = (end: string): number =>
    first.filter(({ file }) => file.endsWith(end)).reduce((all, one) => all + one.gzipBytes, 0);
  console.log("A first load of / (gzip):");
  for (const { file, gzipBytes } of first) console.log(`  ${kB(gzipBytes)}  ${file}`);
  const scripts = sum(".js");
  console.log(`  ${kB(scripts)}  scripts in all, of ${budget.firstLoadBytes / 1000} kB`);
  console.log(`  ${kB(sum(".css"))}  styles in all`);
  if (scripts > budget.firstLoadBytes) broken.push("first load");
  console.log("Loaded when needed:");
  for (const { file, gzipBytes } of await lazyChunks(webRoot, first)) {
    console.log(`  ${kB(gzipBytes)}  ${file}`);
  }
  return first;
}

function tell(name: string, frames: Frames): void {
  const { perSecond, p95Ms, longestMs, workMsATurn } = frames;
  const isBroken = perSecond < budget.framesPerSecondMin;
  if (isBroken) broken.push(name);
  const figures = `${perSecond.toFixed(1)} frames a second, p95 ${p95Ms.toFixed(1)} ms, longest ${longestMs.toFixed(1)} ms, ${workMsATurn.toFixed(1)} ms of work a turn of the wheel`;
  const note = isBroken ? `; under ${budget.framesPerSecondMin}` : "";
  console.log(`${name}: ${figures}${note}`);
}

/** Goes to the end of the list until all of it has been loaded, and back. */
async function loadAll(page: Page, count: number): Promise<void> {
  const rows = `Number(document.querySelector("table[aria-rowcount]")?.getAttribute("aria-rowcount") ?? 0)`;
  for (let known = 0; known < count; known = await page.evaluate<number>(rows)) {
    const more = page.getByRole("button", { name: "Show more" });
    if (await more.isVisible()) await more.click().catch(() => undefined);
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)");
    await page.waitForTimeout(100);
  }
  await page.evaluate("window.scrollTo(0, 0)");
  await page.waitForTimeout(500);
}

async function measureList(page: Page, url: string): Promise<Frames> {
  await page.goto(`${url}/?sort=-created`);
  await page.getByRole("table").waitFor();
  await loadAll(page, documents ?? 0);
  return bestFrames(page, { x: 640, y: 600 }, 600);
}

async function measureStrip(page: Page, url: string, id: string): Promise<Frames> {
  await page.goto(`${url}/documents/${id}?tab=slides`);
  const strip = page.getByRole("navigation", { name: "Slides" });
  await strip.getByRole("link").first().waitFor();
  const box = await strip.boundingBox();
  if (box === null) throw new Error("The strip of slides is not in sight.");
  return bestFrames(page, { x: box.x + 50, y: box.y + 200 }, 400);
}

/** The fleet's timeline, or that of a document in whose time all of them ran. */
async function measureLanes(page: Page, url: string, id: string): Promise<[string, Frames] | null> {
  for (const [name, path] of [
    ["fleet timeline", "/fleet"],
    ["document timeline", `/documents/${id}?tab=timeline`],
  ] as const) {
    await page.goto(url + path);
    const grid = page.getByRole("main").getByRole("grid").first();
    const isThere = await grid.waitFor({ timeout: 10_000 }).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    await grid.scrollIntoViewIfNeeded();
    const box = await grid.boundingBox();
    if (box === null) continue;
    const y = Math.min(Math.max(box.y, 0) + 150, 800);
    const count = await grid.getAttribute("aria-rowcount");
    return [`${name}, ${count ?? "?"} lanes`, await bestFrames(page, { x: 640, y }, 400)];
  }
  return null;
}

async function measureAll(page: Page, url: string, longDeck: string): Promise<object> {
  const first = await weigh(page, url);
  // Pictures of the long deck were never drawn: each slide gets one of its size.
  const picture = await sharp({
    create: { width: 160, height: 90, channels: 3, background: "#8899aa" },
  })
    .jpeg()
    .toBuffer();
  await page.route(/\/pages\/\d+\.jpg/, (route) =>
    route.fulfill({ body: picture, contentType: "image/jpeg" }),
  );
  const strip = await measureStrip(page, url, longDeck);
  tell(`slides of a document, ${slides}`, strip);
  const timeline = await measureLanes(page, url, longDeck);
  if (timeline === null) console.log("Lanes of containers: there is no timeline to be measured.");
  else tell(...timeline);
  const list = await measureList(page, url);
  tell(`list of documents, ${documents}`, list);
  return { first, strip, timeline, list };
}

let longDeck = "";
await withSeededStack(
  values.dir,
  async (sql, say) => {
    await seedDocuments(sql, documents ?? 0, say);
    await seedLanes(sql, lanes ?? 0);
    longDeck = await seedLongDeck(sql, slides ?? 0);
  },
  async ({ url }) => {
    const browser = await openBrowser();
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      const figures = await measureAll(page, url, longDeck);
      const machine = { cores: cpus().length, load: loadavg()[0], node: process.version };
      console.log(`On ${machine.cores} cores with a load of ${machine.load?.toFixed(1)}.`);
      const folder = fileURLToPath(new URL("../results/", import.meta.url));
      await mkdir(folder, { recursive: true });
      await writeFile(
        `${folder}page.json`,
        `${JSON.stringify({ ...machine, budget, ...figures }, null, 2)}\n`,
      );
    } finally {
      await browser.close();
    }
  },
);
if (broken.length > 0) {
  console.log(`Over the budget: ${broken.join(", ")}.`);
  process.exitCode = 1;
}
