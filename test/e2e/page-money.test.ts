import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  brokenRules,
  isBrowserMissing,
  resize,
  screenshot,
  sidewaysPixels,
  startBrowser,
} from "../support/browser.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type Home, makeHome } from "../support/home.ts";
import { tellMoney } from "../support/money-story.ts";
import { type RunningStack, startStack } from "../support/product.ts";

const seenMs = 60_000;

describe.skipIf(isBrowserMissing)("the pages of money", () => {
  let home: Home;
  let database: TestDatabase;
  let stack: RunningStack;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    home = await makeHome();
    database = await createTestDatabase();
    const costs = { budgetUsdPerMonth: 0.01, serverNextBillOn: "2020-01-01" };
    stack = await startStack(home, { overrides: { databaseUrl: database.url, costs } });
    browser = await startBrowser(home);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(seenMs);
    page.on("pageerror", (error) => problems.push(String(error)));
  });
  afterAll(async () => {
    await browser.close();
    await stack.stop();
    await database.drop();
    await home.remove();
    expect(problems).toEqual([]);
  });

  const header = (name: string) =>
    page.getByRole("banner").getByRole("link", { name, exact: true }).click();
  /** Crowded; each state in both themes is looked at elsewhere. */
  async function expectFit(name: string): Promise<void> {
    expect({ name, broken: await brokenRules(page) }).toEqual({ name, broken: [] });
    await resize(page, 320, 640);
    expect({ name, sideways: await sidewaysPixels(page) }).toEqual({ name, sideways: 0 });
    await screenshot(page, `money ${name} 320`);
    await resize(page, 1280, 800);
  }

  it("say that there is nothing yet, and what fills them", async () => {
    await page.goto(`${stack.url}/costs`);
    await page.getByText("Nothing ran in this time.").waitFor();
    await page.goto(`${stack.url}/slos`);
    await page.getByText("No promise has data yet").waitFor();
  });

  it("give finance last month as CSV in three clicks, and the same total", async () => {
    const { decks } = await tellMoney(database.sql, {
      ...{ days: 62, sessionsPerDay: 2, untilMs: Date.now() },
    });
    expect(decks).toBeGreaterThan(100);
    await page.goto(stack.url);
    await header("Costs");
    await page.getByRole("link", { name: "Last month" }).click();
    await page.waitForURL(/time=last/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "CSV" }).click(),
    ]);
    const [head = "", ...lines] = (await readFile(await download.path(), "utf8"))
      .trim()
      .split("\r\n");
    const [total, from] = ["total_usd", "from"].map((name) => head.split(",").indexOf(name));
    const sum = lines.reduce((all, line) => all + Number(line.split(",")[total ?? 0]), 0);
    expect(lines[0]?.split(",")[from ?? 0]).toMatch(/-01$/);
    await page.getByText(`= $${sum.toFixed(2)} in all, checked`).waitFor();
    await expectFit("costs");
  });

  it("warn of a spent budget where containers run and decks are uploaded", async () => {
    for (const name of ["Fleet", "Documents"]) {
      await header(name);
      await page.getByText("nothing is stopped by it").first().waitFor();
    }
  });

  it("show which promises are kept, and a rollout without a button that does nothing", async () => {
    await header("SLOs");
    await page
      .getByText(/of 4 measured promises are kept|of 5 measured promises are kept/)
      .waitFor();
    await page.getByText("View as table").last().click();
    await page.getByRole("table", { name: "Handoffs by how long they took" }).waitFor();
    await expectFit("slos");
    await header("Rollout");
    await page.getByText("There is one path").waitFor();
    await page.getByText("is over: say the next one").waitFor();
    expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
    await expectFit("rollout");
  });
});
