import { mkdirSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Page } from "playwright-core";

/**
 * Pictures of each page in both themes, wide and narrow, with the accessibility rules run on each.
 * `npx tsx web/dev/screenshots.ts BASE_URL OUT_FOLDER path...`
 */
const [base = "http://127.0.0.1:4602", out = "shots", ...paths] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

async function check(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
    .analyze();
  for (const { id, nodes } of violations) {
    console.log(
      `${name}: ${id}: ${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary?.slice(0, 200)}`)
        .join(" | ")}`,
    );
  }
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wider > 0) console.log(`${name}: ${wider} px wider than the window`);
}

for (const [size, width, height] of [
  ["wide", 1280, 860],
  ["narrow", 320, 760],
] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") console.log(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
    for (const path of paths) {
      const name = `${path.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "home"}-${size}-${colorScheme}`;
      await page.goto(`${base}${path}`);
      await page.waitForTimeout(1200);
      await check(page, name);
      await page.screenshot({ path: `${out}/${name}.png` });
    }
    await context.close();
  }
}
await browser.close();
