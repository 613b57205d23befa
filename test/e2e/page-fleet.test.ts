import { describe, expect } from "vitest";
import { isBrowserMissing, resize } from "../support/browser.ts";
import { smallDeck } from "../support/decks.ts";
import { pageTest } from "../support/page-stack.ts";

const it = pageTest();

describe.skipIf(isBrowserMissing)("what was done where and why", () => {
  let document = "";

  it.beforeAll(async ({ stack }) => {
    const upload = await stack.api.upload(await smallDeck("Quellmar"), "quellmar.pdf");
    document = upload.document?.id ?? "";
    await stack.api.ended(document);
  });

  it("draws a document's timeline, is walked by keyboard, and tells about a box", async ({
    page,
    expectGood,
  }) => {
    await page.goto(`/documents/${document}?tab=timeline`);
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

  it("tells what it cost without money where nobody charges", async ({ page, expectGood }) => {
    await page.goto(`/documents/${document}?tab=cost`);
    await page.getByText(/^Nobody charges here/).waitFor();
    await page.getByText("The rule:").waitFor();
    expect(await page.getByText(/\$\d/).count()).toBe(0);
    await expectGood("cost");
  });

  it("answers in two clicks why a container was started", async ({ page, expectGood }) => {
    await page.goto("/");
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

  it("is a table where there is no room", async ({ page, expectGood }) => {
    await resize(page, 320, 760);
    await page.getByRole("table").getByText("Visual analysis").first().waitFor();
    expect(await page.getByRole("grid").count()).toBe(0);
    await expectGood("fleet at 320");
  });
});
