import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { brokenRules, isBrowserMissing, screenshot, watchedBars } from "../support/browser.ts";
import { deckOf, smallDeck } from "../support/decks.ts";
import { pageTest, patient } from "../support/page-stack.ts";
import { example } from "../support/product.ts";

const it = pageTest({ watchesBars: true, stack: patient })
  // A deck is listed among the uploads and among the documents.
  .extend(
    "entry",
    { scope: "file" },
    ({ row, item }) =>
      (name: string) =>
        item(name).or(row(name)),
  )
  .extend("open", { scope: "file" }, ({ page, entry }) => async (name: string): Promise<void> => {
    await page.getByRole("link", { name: "Documents", exact: true }).first().click();
    // A batch has rows of the same names, which go while they are clicked.
    await page.getByRole("heading", { level: 1, name: "Documents", exact: true }).waitFor();
    await entry(name).getByRole("link").first().click();
    await page.getByRole("navigation", { name: "Results" }).waitFor();
  });

// No browser on this machine: said by the skipped tests. On CI it must be there.
describe.skipIf(isBrowserMissing)("the page", () => {
  it("says what comes out while there is no document", async ({ page, expectFit }) => {
    await page.getByRole("heading", { name: "Drop a pitch deck anywhere here" }).waitFor();
    expect(await page.getByRole("button", { name: "Try the sample deck" }).isVisible()).toBe(true);
    expect(await page.getByText("./pilotlight run deck.pdf").isVisible()).toBe(true);
    await expectFit("empty");
  });

  it("follows two uploaded decks to their end without a reload; no bar ever falls", async ({
    page,
    choose,
    entry,
    expectFit,
  }) => {
    await choose("Choose PDFs", [example("aurelia-cardio.pdf"), example("tessera-pictures.pdf")]);
    await page.getByRole("progressbar", { name: "Progress of tessera-pictures.pdf" }).waitFor();
    await screenshot(page, "running");
    await entry("aurelia-cardio.pdf").getByText("100 %").waitFor();
    await entry("tessera-pictures.pdf").getByText("100 %").waitFor();
    await entry("Aurelia Cardio ·").waitFor();
    await entry("Tessera ·").waitFor();
    // Kept since the page was loaded: there was no reload.
    const bars = await watchedBars(page);
    for (const name of ["aurelia-cardio.pdf", "tessera-pictures.pdf"]) {
      const shown = bars[`Progress of ${name}`] ?? [];
      expect({ name, shown }).toEqual({ name, shown: [...shown].sort((a, b) => a - b) });
      expect(shown.at(-1)).toBe(100);
      // It was seen on its way, not only at its end.
      expect(shown.filter((percent) => percent > 0 && percent < 100).length).toBeGreaterThan(2);
    }
    await expectFit("list");
  });

  it("shows a slide's picture and text, and facts with the words they stand on", async ({
    page,
    open,
    tab,
    expectFit,
    expectNarrow,
  }) => {
    await open("aurelia-cardio.pdf");
    await page.getByRole("heading", { level: 1, name: "Aurelia Cardio", exact: true }).waitFor();
    const picture = page.getByRole("main").locator("img").last();
    await expect
      .poll(() => picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth))
      .toBeGreaterThan(600);
    await page.locator("summary", { hasText: "Text" }).click();
    await page.locator("details p", { hasText: "Aurelia Cardio" }).waitFor();
    await expectFit("slides");

    await tab("Extractions");
    const ask = page.getByRole("row", { name: "Funding asked for" });
    await ask.getByText("4.5").first().waitFor();
    await ask.getByRole("button", { name: "Funding asked for" }).click();
    await page.getByRole("heading", { name: "Funding asked for" }).waitFor();
    await expectFit("extractions");
    await reviewFields(page, expectFit);
    await page.getByRole("link", { name: /^Open slide \d+$/ }).click();
    await page.getByText(/^Slide \d+ of 14$/).waitFor();
    expect(new URL(page.url()).searchParams.get("quote")).not.toBe("");
    for (const name of ["Template", "Clinical", "Regulatory", "Science", "Activity"]) {
      await tab(name);
      await page.getByRole("main").getByRole("heading").first().waitFor();
      expect({ name, broken: await brokenRules(page) }).toEqual({ name, broken: [] });
      await expectNarrow(name);
    }
  });

  it("shows decks that were uploaded together as a batch, and what failed in another", async ({
    stack,
    page,
    entry,
    open,
    expectFit,
  }) => {
    const failing = { name: "By source", documents: [{ sourceUri: "file:///nowhere/deck.pdf" }] };
    await stack.api.post("batches", failing);
    await stack.api.post("batches", { name: "Still open" });
    await page.getByRole("link", { name: "Batches" }).click();
    await entry("2 files").getByText("2 documents: 2 done.").waitFor();
    await entry("By source").getByText("1 document: 1 failed.").waitFor();
    await expectFit("batches");

    await page.getByRole("button", { name: "Cancel Still open" }).click();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "cancel batch");
    await page.getByRole("button", { name: "Cancel it" }).click();
    await entry("Still open").getByText("Cancelled", { exact: true }).waitFor();

    await entry("By source").getByRole("link").click();
    const failures = page.getByRole("region", { name: "First failures" });
    await failures.getByText("SOURCE_UNAVAILABLE").waitFor();
    await expectFit("failed batch");
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("button", { name: "Retry it" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await failures.getByText("SOURCE_UNAVAILABLE").waitFor();

    await open("aurelia-cardio.pdf");
    await page.getByRole("main").getByRole("link", { name: "2 files" }).click();
    await page.getByRole("heading", { level: 1, name: "2 files" }).waitFor();
    await entry("tessera-pictures.pdf").getByText("100 %").waitFor();
    await expectFit("batch");
    await page.getByRole("link", { name: "Done 2" }).click();
    expect(new URL(page.url()).searchParams.get("state")).toBe("done");
    await entry("aurelia-cardio.pdf").waitFor();
  });

  it("never mixes two decks", async ({ page, open, tab }) => {
    await open("tessera-pictures.pdf");
    // Only what has been loaded can be of the wrong deck.
    await page.getByText("Slide 1 of 8").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Tessera");
    expect(await page.getByText(/Aurelia/).count()).toBe(0);
    await tab("Clinical");
    await page
      .getByText(/does not apply/i)
      .first()
      .waitFor();
    expect(await page.getByText(/Aurelia/).count()).toBe(0);

    // What is asked about one deck is not asked about the other that one goes back to.
    await page.keyboard.press("Control+k");
    await page.keyboard.type("aurelia-cardio");
    await page.getByRole("option", { name: /^aurelia-cardio\.pdf/ }).click();
    await page.getByRole("heading", { level: 1, name: /Aurelia/ }).waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog", { name: /Delete/ }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Tessera" }).waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("shows code, sentence and next step of a refused file, and goes on", async ({
    page,
    choose,
    fileOf,
    expectFit,
  }) => {
    await page.getByRole("link", { name: "Documents", exact: true }).first().click();
    const broken = await fileOf("broken.pdf", "%PDF-1.7\nnothing follows");
    await choose("Upload PDFs", [broken]);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    const words = await alert.textContent();
    for (const part of [
      "The PDF is damaged or cut off.",
      "Export or download it again.",
      "PDF_DAMAGED",
    ]) {
      expect(words).toContain(part);
    }
    await expectFit("refused");
    await page.getByRole("button", { name: "Take broken.pdf off this list" }).click();
    await alert.waitFor({ state: "detached" });
  });

  it("cancels a deck after asking, and retries what was cancelled", async ({
    page,
    choose,
    fileOf,
    open,
    whileStill,
  }) => {
    const slides = Array.from({ length: 24 }, (_, n) => `Longmere part ${n}`);
    const long = await fileOf("long.pdf", await deckOf(slides));
    await choose("Upload PDFs", [long]);
    const retry = page.getByRole("button", { name: "Retry", exact: true });
    await whileStill("long.pdf", async () => {
      await open("long.pdf");
      expect(await page.getByRole("button", { name: "Retry" }).count()).toBe(0);
      await page
        .getByText(/^[1-9]\d?\/24$/)
        .first()
        .waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      expect(await brokenRules(page)).toEqual([]);
      await page.getByRole("button", { name: "Cancel it" }).click();
      await retry.waitFor();
    });
    expect(await page.getByRole("button", { name: "Cancel" }).count()).toBe(0);
    await screenshot(page, "cancelled");
    await retry.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/^Runs .* Keeps /).waitFor();
    await dialog.getByRole("button", { name: "Retry" }).dblclick();
    await page.getByText("100 %").waitFor();
    await retry.waitFor({ state: "detached" });
  });

  it("does a finished deck again, in part, and keeps what stood before", async ({
    page,
    expectFit,
  }) => {
    await page.getByRole("button", { name: "Do again", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/^Runs .* Keeps /).waitFor();
    await dialog.getByRole("radio", { name: "From a stage" }).check();
    await dialog
      .getByLabel("Stage", { exact: true })
      .selectOption({ label: "All of layer 4 and what follows from it" });
    await dialog.getByText("Results as generation 2;").waitFor();
    await dialog.getByText(/^Runs specialized clinical, .* Keeps /).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "do-again");
    await dialog.getByRole("button", { name: "Do again" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.locator("summary", { hasText: "Export" }).click();
    await page.getByRole("link", { name: "Report of generation 1" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("100 %").waitFor();
    await expectFit("done-again");
  });

  it("catches up by itself after the server was away", async ({ stack, gate, page, entry }) => {
    await page.getByRole("link", { name: "Documents", exact: true }).first().click();
    await page.getByText("Live", { exact: true }).waitFor();
    // What is not seen before the server goes is no news afterwards.
    await page.getByRole("rowheader").first().waitFor();
    await gate.shut();
    await page.getByText(/^(Reconnecting|Polling)$/).waitFor();
    await screenshot(page, "away");
    const { document } = await stack.api.upload(await smallDeck("Quellmar"), "quellmar.pdf");
    await stack.api.ended(document?.id ?? "");
    expect(await entry("quellmar.pdf").count()).toBe(0);
    await gate.open();
    // It was not uploaded here: it waits until it is let in, so that no row jumps.
    await page.getByRole("button", { name: "1 new" }).click();
    await entry("quellmar.pdf").getByText("100 %").waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(Object.keys(await watchedBars(page)).length).toBeGreaterThan(2);
  });

  it("shows the fleet and why it is as it is", async ({ page, expectFit }) => {
    await page.getByRole("link", { name: "Fleet" }).click();
    await page
      .getByText(/^vision-1 started/)
      .first()
      .waitFor();
    await page
      .getByText(/^Verdict: /)
      .first()
      .waitFor();
    await page.getByText("Predictive accuracy").waitFor();
    // A handful of documents proves nothing, and the page says so.
    await page.getByText("Too few to tell").first().waitFor();
    await expectFit("fleet");
    await page
      .getByText(/^Why decision/)
      .first()
      .click();
    await page
      .getByText(/^Otherwise:/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Pause vision" }).click();
    await page.getByLabel("Who and why").fill("Ada: a trial");
    await page.getByRole("button", { name: "Pause it" }).click();
    await page.getByText("Paused", { exact: true }).waitFor();
    await expectFit("fleet-paused");
    await page.getByRole("button", { name: "Resume vision" }).click();
    await page.getByText("Paused", { exact: true }).waitFor({ state: "detached" });
  });
});

/** Verifies with the keyboard, corrects in the dialog, flags: what was read stays to be seen. */
async function reviewFields(page: Page, expectFit: (name: string) => Promise<void>): Promise<void> {
  const field = (name: string) => page.getByRole("row", { name });
  const choose = (name: string) => field(name).getByRole("button", { name }).click();
  await choose("Startup name");
  await page.getByRole("button", { name: "Verify Startup name" }).focus();
  await page.keyboard.press("Enter");
  await field("Startup name").getByText("Verified").last().waitFor();

  await choose("Funding asked for");
  await page.getByRole("button", { name: "Correct Funding asked for" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Amount, in whole units").fill("2,000,000");
  await dialog.getByLabel("Currency").fill("euro");
  await dialog.getByLabel("Your name").fill("Ada");
  await dialog.getByRole("button", { name: "Correct it" }).click();
  await dialog.getByText("REVIEW_VALUE_INVALID").waitFor();
  expect(await brokenRules(page)).toEqual([]);
  await screenshot(page, "correct a field");
  await dialog.getByLabel("Currency").fill("eur");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  const ask = field("Funding asked for");
  await ask.locator("ins", { hasText: "€2M" }).waitFor();
  expect(await ask.locator("del").textContent()).toContain("4.5");
  await page.getByText("by Ada").waitFor();

  await choose("Healthcare");
  await page.getByRole("button", { name: "Flag Healthcare" }).click();
  await dialog.getByLabel("Note").fill("Which sector?");
  await dialog.getByRole("button", { name: "Flag it" }).click();
  await page.getByText("Which sector?").waitFor();
  await expectFit("reviewed");
  await choose("Funding asked for");
  await page.getByRole("button", { name: "Take back the review of Funding asked for" }).click();
  await ask.locator("del").waitFor({ state: "detached" });
}
