import { describe, expect } from "vitest";
import { isBrowserMissing } from "../support/browser.ts";
import { deckOf, smallDeck } from "../support/decks.ts";
import { pageTest } from "../support/page-stack.ts";

const it = pageTest();

describe.skipIf(isBrowserMissing)("the portfolio", () => {
  const ids: string[] = [];

  it.beforeAll(async ({ stack }) => {
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
  });

  it("leads from words to the slide that has them", async ({ page, expectFit }) => {
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

  it("answers a question to one deck from that deck, with a quote that leads to its slide", async ({
    page,
    tab,
    expectFit,
  }) => {
    await page.goto(`/documents/${ids[2]}`);
    await tab("Ask");
    await page.getByLabel("Ask this deck").fill("How much are they raising?");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText(/^Ask: 3000000 USD/).waitFor();
    await expectFit("ask");
    expect(await page.getByRole("link", { name: "Slide 3" }).count()).toBeGreaterThan(0);
    await page.getByLabel("Ask this deck").fill("Which patents do they hold?");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("The deck does not say.").waitFor();
  });

  it("shows what has changed since the version before", async ({ page, expectFit }) => {
    await page.goto(`/documents/${ids[2]}`);
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
