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
import { deckOf, smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import type { RunningStack } from "../support/product.ts";
import { startOnShared } from "../support/stack.ts";

const seenMs = 60_000;

describe.skipIf(isBrowserMissing)("the portfolio", () => {
  let home: Home;
  let stack: RunningStack;
  let browser: Browser;
  let page: Page;
  const ids: string[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    home = await makeHome();
    stack = await startOnShared(home);
    const decks = [
      ["boreal.pdf", await smallDeck("Boreal", 4)],
      ["zephyr.pdf", await smallDeck("Zephyr", 3)],
      [
        "boreal-v2.pdf",
        await deckOf([
          "Boreal\nRoute planning for small carriers\nSeed deck, June 2026",
          "The problem\nHalf of all trucks of Boreal's customers drive home empty.",
          "The ask\nBoreal raises a seed round of USD 3 million for 18 months.",
          "Traction\nEleven pilots with hauliers in Antwerp.",
        ]),
      ],
    ] as const;
    for (const [name, body] of decks) {
      const answer = await stack.api.upload(body, name);
      if (answer.document === null) throw new Error(JSON.stringify(answer));
      ids.push(answer.document.id);
    }
    for (const id of ids) await stack.api.ended(id);
    browser = await startBrowser(home);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(seenMs);
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(`${stack.url}/documents/${ids[2]}`);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    const left = await home.leftovers();
    await home.remove();
    expect(left).toEqual([]);
    expect(problems).toEqual([]);
  });

  async function expectFit(name: string): Promise<void> {
    for (const theme of ["Dark theme", "Light theme"]) {
      await page.getByRole("button", { name: theme }).click();
      expect({ name, theme, broken: await brokenRules(page) }).toEqual({ name, theme, broken: [] });
    }
    await resize(page, 320, 640);
    expect({ name, sideways: await sidewaysPixels(page) }).toEqual({ name, sideways: 0 });
    await screenshot(page, `${name} 320`);
    await resize(page, 1280, 800);
  }

  it("leads from words to the slide that has them", async () => {
    await page.getByRole("link", { name: "Portfolio" }).first().click();
    await page
      .getByRole("rowheader")
      .filter({ hasText: "boreal-v2.pdf" })
      .getByText("v2", { exact: true })
      .waitFor();
    await expectFit("portfolio");
    await page.getByRole("searchbox").fill("hauliers pilot");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Slide 4" }).first().waitFor();
    expect(await page.getByRole("rowheader").count()).toBe(1);
    expect(await page.getByRole("rowheader").locator("mark").allTextContents()).toEqual([
      "pilots",
      "hauliers",
    ]);
    await page.getByRole("link", { name: "Slide 4" }).first().click();
    await page.waitForURL(/slide=4/);
    expect(new URL(page.url()).searchParams.get("quote")).toContain("Eleven pilots");
  });

  it("answers a question to one deck from that deck, with a quote that leads to its slide", async () => {
    await page.goto(`${stack.url}/documents/${ids[2]}`);
    await page
      .getByRole("navigation", { name: "Results" })
      .getByRole("link", { name: "Ask" })
      .click();
    await page.getByLabel("Ask this deck").fill("How much are they raising?");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText(/^Ask: 3000000 USD/).waitFor();
    await expectFit("ask");
    expect(await page.getByRole("link", { name: "Slide 3" }).count()).toBeGreaterThan(0);
    await page.getByLabel("Ask this deck").fill("Which patents do they hold?");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("The deck does not say.").waitFor();
  });

  it("shows what has changed since the version before", async () => {
    await page.goto(`${stack.url}/documents/${ids[2]}`);
    await page.getByRole("link", { name: "Compare with v1" }).click();
    const ask = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Ask" }) });
    await ask.waitFor();
    expect(await ask.getByRole("cell").allTextContents()).toEqual([
      ...[expect.stringMatching(/^\$2M/), expect.stringMatching(/^\$3M/)],
    ]);
    const slides = page.getByRole("listitem");
    await slides.filter({ hasText: "added" }).filter({ hasText: "Traction" }).waitFor();
    await slides.filter({ hasText: "removed" }).filter({ hasText: "The team" }).waitFor();
    await expectFit("compare");
    // Whoever goes on by keyboard comes to the way back.
    await page.getByRole("link", { name: "Other way round" }).focus();
    await page.keyboard.press("Enter");
    await slides.filter({ hasText: "added" }).filter({ hasText: "The team" }).waitFor();
  });
});
