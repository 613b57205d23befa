import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  brokenRules,
  isBrowserMissing,
  resize,
  sidewaysPixels,
  startBrowser,
} from "../support/browser.ts";
import { deckOf, smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import type { RunningStack } from "../support/product.ts";
import { startOnShared } from "../support/stack.ts";

const seenMs = 90_000;

describe.skipIf(isBrowserMissing)("uploads and the list", () => {
  let home: Home;
  let stack: RunningStack;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    home = await makeHome();
    stack = await startOnShared(home);
    browser = await startBrowser(home);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(seenMs);
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(stack.url);
  });
  afterAll(async () => {
    await browser.close();
    await stack.stop();
    const left = await home.leftovers();
    await home.remove();
    expect(left).toEqual([]);
    expect(problems).toEqual([]);
  });

  const upload = (name: string) => page.getByRole("listitem").filter({ hasText: name });
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  async function choose(button: string, files: string[]): Promise<void> {
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: button }).first().click(),
    ]);
    await chooser.setFiles(files);
  }
  async function fileOf(name: string, content: Uint8Array | string): Promise<string> {
    const path = join(home.dir, name);
    await writeFile(path, content);
    return path;
  }

  it("says what each deck will take, and refuses one of several with the reason", async () => {
    const files = [
      await fileOf("alder.pdf", await smallDeck("Alder")),
      await fileOf("notes.txt", "no deck"),
      await fileOf("birch.pdf", await smallDeck("Birch")),
    ];
    await choose("Choose PDFs", files);
    await upload("notes.txt").getByText("NOT_A_PDF").waitFor();
    // Nothing was seen yet: it says so and makes nothing up.
    await upload("alder.pdf")
      .getByText(/^\d+ slides? - no time estimate yet - no cost estimate yet - vision /)
      .waitFor();
    await row("alder.pdf").getByText("100 %").waitFor();
    await row("birch.pdf").getByText("100 %").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.getByRole("button", { name: "Take notes.txt off this list" }).click();
  });

  it("opens a locked deck with the password that is asked for", async () => {
    const locked = await fileOf(
      "locked.pdf",
      await deckOf(["Raising now"], { password: "sesame" }),
    );
    await choose("Upload PDFs", [locked]);
    await upload("locked.pdf").getByText("PDF_ENCRYPTED").waitFor();
    await page.getByLabel("Password").fill("sesame");
    await page.getByRole("button", { name: "Open with it" }).click();
    await row("locked.pdf").getByText("100 %").waitFor();
  });

  it("offers the result of bytes it knows, or another run beside it", async () => {
    await choose("Upload PDFs", [join(home.dir, "alder.pdf")]);
    const known = upload("alder.pdf");
    await known.getByRole("link", { name: /^Open the result from / }).waitFor();
    await known.getByRole("button", { name: "Run again" }).click();
    await expect
      .poll(() => row("alder.pdf").getByText("100 %").count(), { timeout: seenMs })
      .toBe(2);
  });

  it("keeps filter, order and words in the address", async () => {
    await page.getByRole("link", { name: "Done", exact: true }).click();
    await page.getByRole("searchbox").fill("birch");
    await row("alder.pdf").first().waitFor({ state: "detached" });
    await page.getByLabel("Order").selectOption("name");
    await page.waitForURL(/sort=name/);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      filter: "done",
      q: "birch",
      sort: "name",
    });
    await page.reload();
    await row("birch.pdf").waitFor();
    await page.getByRole("searchbox").fill("nothing like it");
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await row("locked.pdf").waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  it("lets news wait, and cancels and retries what is selected", async () => {
    for (const name of ["elm.pdf", "fir.pdf"]) {
      const slides = Array.from({ length: 250 }, (_, n) => `${name} part ${n}`);
      await stack.api.upload(await deckOf(slides), name);
    }
    await page.getByRole("button", { name: "2 new" }).click();
    for (const name of ["elm.pdf", "fir.pdf", "birch.pdf"]) {
      await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    }
    await page.getByRole("button", { name: "Cancel 2" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 document of the selection stays as it is.").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel them" }).click();
    await dialog.getByText("2 of 2 cancelled.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await row("fir.pdf").getByText("Cancelled", { exact: true }).waitFor();

    await page.getByRole("checkbox", { name: "Select fir.pdf" }).check();
    await page.getByRole("button", { name: "Retry 1" }).click();
    await dialog.getByText(/^Does \d+ tasks again in 1 document/).waitFor();
    await dialog.getByRole("button", { name: "Retry" }).click();
    await dialog.getByText("1 of 1 retried.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await row("fir.pdf").getByText("100 %").waitFor();
    await resize(page, 320, 640);
    expect(await sidewaysPixels(page)).toBe(0);
    expect(await brokenRules(page)).toEqual([]);
  });
});
