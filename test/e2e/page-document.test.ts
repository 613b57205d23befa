import { describe, expect } from "vitest";
import { brokenRules, isBrowserMissing, screenshot, watchedBars } from "../support/browser.ts";
import { smallDeck } from "../support/decks.ts";
import { type OllamaDouble, startOllamaDouble } from "../support/ollama-double.ts";
import { pageTest } from "../support/page-stack.ts";

let isTight = true;

let model: OllamaDouble;
const it = pageTest({
  watchesBars: true,
  stack: { env: { PILOTLIGHT_ENGINE: "auto" } },
  model: async () => {
    // Whole slides and decks do not fit into its context; what a container proves itself with does.
    model = await startOllamaDouble({
      hold: async (prompt) => {
        Object.assign(model.faults, {
          contextOverflow: isTight && !/three digits|Northwind/.test(prompt),
        });
      },
    });
    return model;
  },
}).extend("file", { scope: "file" }, ({ page }) => async (format: string): Promise<string> => {
  const { origin, pathname } = new URL(page.url());
  const answer = await page.request.get(`${origin}/api${pathname}/export?format=${format}`);
  expect(answer.status()).toBe(200);
  return answer.text();
});

describe.skipIf(isBrowserMissing)("the page of a document", () => {
  it("goes from an upload past a stage that failed to results", async ({ stack, page, file }) => {
    const [answer] = await Promise.all([
      page.waitForResponse((one) => one.request().method() === "POST" && one.status() === 202),
      page
        .locator("input[type=file]")
        .first()
        .setInputFiles({
          ...{ name: "wandelmar.pdf", mimeType: "application/pdf" },
          buffer: await smallDeck("Wandelmar"),
        }),
    ]);
    const { id } = ((await answer.json()) as { document: { id: string } }).document;
    await page.goto(`/documents/${id}`);
    await page.getByRole("progressbar").first().waitFor();
    const retry = page.getByRole("button", { name: /^Retry/ }).first();
    await retry.waitFor();
    expect(await file("md")).toContain("Failed: ");
    await screenshot(page, "failed");

    isTight = false;
    await retry.click();
    const dialog = page.getByRole("dialog");
    const plan = dialog.getByText(/^Runs .* Keeps .* superseded by attempt 2\./);
    await plan.waitFor();
    const said = (await plan.textContent()) ?? "";
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "retry");
    // Twice at once, as an impatient hand does it.
    await dialog.getByRole("button", { name: /^Retry/ }).dblclick();
    await stack.api.ended(id);
    await page.getByText("100 %").first().waitFor();
    const bars = Object.values(await watchedBars(page)).flat();
    expect(bars.length).toBeGreaterThan(1);
    const opened = (await stack.api.events(id)).filter(({ type }) => type === "pipeline.retried");
    expect(opened).toHaveLength(1);
    expect(said).toContain("Runs ");
  });

  it("verifies, flags and corrects by the keyboard, beside the slide", async ({
    page,
    tab,
    expectNarrow,
  }) => {
    await tab("Extractions");
    await page.getByRole("table", { name: /Extractions: / }).waitFor();
    const chosen = () => page.locator("[data-choice] [aria-pressed=true]").textContent();
    const first = await chosen();
    await page.keyboard.press("v");
    await page
      .getByRole("row", { name: first ?? "" })
      .getByText("Verified")
      .last()
      .waitFor();
    await page.keyboard.press("j");
    await expect.poll(chosen).not.toBe(first);
    const second = await chosen();
    await page.keyboard.press("x");
    await page.getByLabel("Note").fill("Says who?");
    await page.keyboard.press("Enter");
    await page
      .getByRole("row", { name: second ?? "" })
      .getByText("Flagged")
      .last()
      .waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await expectNarrow("verified");
  });

  it("steps through slides by the keyboard, and keeps the slide in the address", async ({
    page,
    tab,
  }) => {
    await tab("Slides");
    await page.getByText(/^Slide 1 of 3$/).waitFor();
    await page.keyboard.press("j");
    await page.getByText(/^Slide 2 of 3$/).waitFor();
    expect(new URL(page.url()).searchParams.get("slide")).toBe("2");
    await page.reload();
    await page.getByText(/^Slide 2 of 3$/).waitFor();
    await page.keyboard.press("f");
    await page
      .getByRole("checkbox", { name: /Only slides with findings/, checked: true })
      .waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.keyboard.press("f");
    expect(new URL(page.url()).searchParams.get("only")).toBeNull();
  });

  it("gives each form of export with reviews in it, and prints a report without the page around it", async ({
    page,
    tab,
    file,
  }) => {
    const [html, md, json, csv] = await Promise.all(["html", "md", "json", "csv"].map(file));
    expect(html?.split('<img src="data:image/jpeg;base64,').length).toBe(4);
    for (const text of [html, md, csv]) expect(text?.includes("Says who?")).toBe(true);
    expect(md?.startsWith("# ")).toBe(true);
    const { values, reviews, partial } = JSON.parse(json ?? "");
    expect([values.length, reviews.length, partial]).toEqual([5, 2, []]);
    expect(csv?.split("\r\n").filter((line) => line.startsWith("field,"))).toHaveLength(5);

    await page.locator("summary", { hasText: "Export" }).click();
    expect(await brokenRules(page)).toEqual([]);
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Table (CSV)" }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe("wandelmar.csv");

    await tab("Template");
    await page
      .getByRole("button", { name: /^Flag / })
      .first()
      .click();
    await page.getByLabel("Note").fill("On which slide?");
    await page.keyboard.press("Enter");
    await page.getByText("On which slide?").waitFor();
    await page.emulateMedia({ media: "print" });
    const report = page.locator("[data-print-report]");
    await report.getByRole("heading", { name: "Facts" }).waitFor();
    for (const said of ["Says who?", "On which slide?"]) await report.getByText(said).waitFor();
    expect(await report.getByText("had not been loaded").count()).toBe(0);
    expect(await report.locator("img").count()).toBe(3);
    await screenshot(page, "print");
    expect(await page.getByRole("navigation").count()).toBe(0);
    await page.emulateMedia({ media: "screen" });
    await report.waitFor({ state: "detached" });
  });
});
