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
import { smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import type { RunningStack } from "../support/product.ts";
import { startOnShared } from "../support/stack.ts";

/** Longest wait for something to be seen: a deck's end among it, also on a machine that has other work. */
const seenMs = 90_000;

describe.skipIf(isBrowserMissing)("what was done where and why", () => {
  let home: Home;
  let stack: RunningStack;
  let browser: Browser;
  let page: Page;
  let document = "";
  const problems: string[] = [];

  beforeAll(async () => {
    home = await makeHome();
    stack = await startOnShared(home);
    const upload = await stack.api.upload(await smallDeck("Quellmar"), "quellmar.pdf");
    document = upload.document?.id ?? "";
    await stack.api.ended(document);
    browser = await startBrowser(home);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(seenMs);
    page.on("pageerror", (error) => problems.push(String(error)));
  });
  afterAll(async () => {
    await browser.close();
    await stack.stop();
    const left = await home.leftovers();
    await home.remove();
    expect(left).toEqual([]);
    expect(problems).toEqual([]);
  });
  const expectGood = async (name: string): Promise<void> => {
    expect(await brokenRules(page)).toEqual([]);
    expect(await sidewaysPixels(page)).toBe(0);
    await screenshot(page, name);
  };

  it("draws a document's timeline, is walked by keyboard, and tells about a box", async () => {
    await page.goto(`${stack.url}/documents/${document}?tab=timeline`);
    const box = page.getByRole("gridcell", { name: /^Visual analysis.*, done/ });
    await box.waitFor();
    await page.getByText(/handoff \d+\.\d s \(queue/).waitFor();
    await expectGood("timeline");
    await box.focus();
    await page.keyboard.press("ArrowDown");
    const landed = page.locator("[role=gridcell]:focus");
    expect(await landed.getAttribute("aria-label")).not.toMatch(/^Visual analysis/);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Close the details" }).waitFor();
    expect(new URL(page.url()).searchParams.get("box")).not.toBeNull();
    await page.keyboard.press("t");
    await page.getByRole("table").getByText("Visual analysis").first().waitFor();
    await expectGood("timeline as a table");
  });

  it("tells what it cost without money where nobody charges", async () => {
    await page.goto(`${stack.url}/documents/${document}?tab=cost`);
    await page.getByText(/^Nobody charges here/).waitFor();
    await page.getByText("The rule:").waitFor();
    expect(await page.getByText(/\$\d/).count()).toBe(0);
    await expectGood("cost");
  });

  it("answers in two clicks why a container was started", async () => {
    await page.goto(stack.url);
    await page.getByRole("link", { name: "Fleet" }).click();
    await page
      .getByRole("gridcell", { name: /^Decision \d+, start: text-1/ })
      .last()
      .click();
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("heading", { name: "What would have changed this decision" }).waitFor();
    await sheet.getByText(/^text-1 started/).waitFor();
    await expectGood("decision");
    await sheet.getByRole("link", { name: "text-1" }).click();
    await page.getByRole("heading", { name: "Its start" }).waitFor();
    await page.getByLabel("Log lines").waitFor();
    await expectGood("container");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("is a table where there is no room", async () => {
    await resize(page, 320, 760);
    await page.getByRole("table").getByText("Visual analysis").first().waitFor();
    expect(await page.getByRole("grid").count()).toBe(0);
    await expectGood("fleet at 320");
  });
});
