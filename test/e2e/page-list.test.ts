import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import {
  brokenRules,
  isBrowserMissing,
  resize,
  screenshot,
  sidewaysPixels,
} from "../support/browser.ts";
import { deckOf, smallDeck } from "../support/decks.ts";
import { pageTest, patient, seenMs } from "../support/page-stack.ts";

const it = pageTest({ stack: patient });

/** Whether containers of the pool may start. */
async function order(url: string, what: "pause" | "resume"): Promise<void> {
  const headers = { "content-type": "application/json" };
  const address = `${url}/api/fleet/pools/vision/${what}`;
  expect((await fetch(address, { method: "POST", headers, body: "{}" })).status).toBe(200);
}

/** Somebody else cancels the deck of a tab while its dialog asks; then there is nothing to cancel, and it says so. */
async function cancelBehindItsBack(tab: Page, url: string): Promise<void> {
  await tab.getByText("waits").first().waitFor();
  await tab.getByRole("button", { name: "Cancel", exact: true }).click();
  await tab.getByRole("dialog", { name: "Cancel this document?" }).waitFor();
  const { pathname } = new URL(tab.url());
  const cancelled = await fetch(`${url}/api${pathname}/cancel`, { method: "POST" });
  expect(cancelled.status).toBe(200);
  const dialog = tab.getByRole("dialog", { name: "There is nothing to cancel" });
  await dialog.getByText(/ended while this was asked\. Cancelled by/).waitFor();
  expect(await brokenRules(tab)).toEqual([]);
  await screenshot(tab, "nothing to cancel");
  // It has the focus.
  await tab.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await tab.getByText(/slides were not read; a retry reads them/).waitFor();
  await tab.getByText("not read", { exact: true }).first().waitFor();
  await tab.close();
}

/** Types the one, and makes it the other at the moment when the address is written, which the field follows. */
async function typeOnMeanwhile(page: Page, first: string, then: string): Promise<void> {
  await page.evaluate(`(() => {
    const write = history.replaceState;
    history.replaceState = (...given) => {
      write.apply(history, given);
      if (!String(given[2]).includes("q=")) return;
      history.replaceState = write;
      const field = document.querySelector("input[type=search]");
      const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
      set.call(field, ${JSON.stringify(then)});
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
  })()`);
  await page.getByRole("searchbox").fill(first);
}

/** The next upload arrives, and the page hears only that the connection broke. */
const loseNextAnswer = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (body) {
      XMLHttpRequest.prototype.send = send;
      // Before it tells of the answer.
      this.addEventListener("readystatechange", () => {
        if (this.readyState === XMLHttpRequest.DONE) this.dispatchEvent(new ProgressEvent("error"));
      });
      send.call(this, body);
    };
  })()`);

/** What is cancelled leaves the list of what is in progress: dialog, result and row stay. */
async function cancelInNarrowedList(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog");
  const filters = page.getByRole("navigation", { name: "Filter" });
  await filters.getByRole("link", { name: "In progress", exact: true }).click();
  await page.getByRole("checkbox", { name: "Select yew.pdf" }).check();
  await page.getByRole("button", { name: "Cancel 1" }).click();
  await dialog.getByRole("button", { name: "Cancel them" }).click();
  await page.getByText("1 no longer in this list").waitFor();
  await dialog.getByText("1 of 1 cancelled.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  const row = page.getByRole("row").filter({ hasText: "yew.pdf" });
  await row.getByText("Cancelled", { exact: true }).waitFor();
  await page.getByRole("button", { name: "1 no longer in this list" }).click();
  await row.waitFor({ state: "detached" });
  await filters.getByRole("link", { name: "All", exact: true }).click();
}

describe.skipIf(isBrowserMissing)("uploads and the list", () => {
  it("says what each deck will take, and refuses one of several with the reason", async ({
    page,
    stack,
    fileOf,
    choose,
    item,
    row,
    context,
    openTab,
  }) => {
    await order(stack.url, "pause");
    const files = [
      await fileOf("cedar.pdf", await smallDeck("Cedar")),
      await fileOf("alder.pdf", await smallDeck("Alder")),
      await fileOf("notes.txt", "no deck"),
      await fileOf("birch.pdf", await smallDeck("Birch")),
    ];
    await choose("Choose PDFs", files);
    await item("notes.txt").getByText("NOT_A_PDF").waitFor();
    // Nothing was seen yet: it says so and makes nothing up.
    await item("alder.pdf")
      .getByText(/^\d+ slides? - no time estimate yet - no cost estimate yet - vision /)
      .waitFor();
    // Their first pages are shown before any container is there.
    for (const name of ["alder.pdf", "birch.pdf"]) {
      const picture = row(name).locator("img");
      await picture.waitFor();
      const width = () => picture.evaluate((img) => Number(Reflect.get(img, "naturalWidth")));
      await expect.poll(width, { timeout: seenMs }).toBe(160);
    }
    expect(stack.containers("vision")).toEqual([]);
    const cedar = (await stack.api.documents()).documents.find(({ name }) => name === "cedar.pdf");
    await cancelBehindItsBack(await openTab(context, `/documents/${cedar?.id}`), stack.url);
    await order(stack.url, "resume");
    await row("alder.pdf").getByText("100 %").waitFor();
    await row("birch.pdf").getByText("100 %").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.getByRole("button", { name: "Take notes.txt off this list" }).click();
  });

  it("opens a locked deck with the password that is asked for", async ({
    page,
    fileOf,
    choose,
    item,
    row,
  }) => {
    const locked = await fileOf(
      "locked.pdf",
      await deckOf(["Raising now"], { password: "sesame" }),
    );
    await choose("Upload PDFs", [locked]);
    await item("locked.pdf").getByText("PDF_ENCRYPTED").waitFor();
    await page.getByLabel("Password").fill("sesame");
    await page.getByRole("button", { name: "Open with it" }).click();
    await row("locked.pdf").getByText("100 %").waitFor();
  });

  it("makes one document of a file that is sent again after its answer was lost", async ({
    page,
    stack,
    fileOf,
    choose,
    item,
    row,
  }) => {
    await loseNextAnswer(page);
    await choose("Upload PDFs", [await fileOf("larch.pdf", await smallDeck("Larch"))]);
    await item("larch.pdf").getByText("SERVER_UNREACHABLE").waitFor();
    await item("larch.pdf").getByRole("button", { name: "Try again" }).click();
    await item("larch.pdf").getByRole("link", { name: "Open", exact: true }).waitFor();
    const { documents } = await stack.api.documents();
    expect(documents.filter(({ name }) => name === "larch.pdf")).toHaveLength(1);
    await row("larch.pdf").getByText("100 %").waitFor();
  });

  it("offers the result of bytes it knows, or another run beside it", async ({
    home,
    choose,
    item,
    row,
  }) => {
    await choose("Upload PDFs", [join(home.dir, "alder.pdf")]);
    const known = item("alder.pdf");
    await known.getByRole("link", { name: /^Open the result from / }).waitFor();
    await known.getByRole("button", { name: "Run again" }).click();
    await expect
      .poll(() => row("alder.pdf").getByText("100 %").count(), { timeout: seenMs })
      .toBe(2);
    await row("alder.pdf").getByText("run 2", { exact: true }).waitFor();
    // Containers of this machine have no price: the time of theirs is told.
    await row("birch.pdf")
      .getByRole("link", { name: /^Cost of birch\.pdf: .* s, .*nobody charges$/ })
      .waitFor();
  });

  it("keeps filter, order and words in the address", async ({ page, row }) => {
    await page.getByRole("link", { name: "Done", exact: true }).click();
    await typeOnMeanwhile(page, "bir", "birch");
    await page.waitForURL(/q=birch/);
    expect(await page.getByRole("searchbox").inputValue()).toBe("birch");
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

  it("lets news wait, and cancels and retries what is selected", async ({
    page,
    stack,
    row,
    whileStill,
  }) => {
    for (const name of ["elm.pdf", "fir.pdf", "yew.pdf"]) {
      const slides = Array.from({ length: 24 }, (_, n) => `${name} part ${n}`);
      await stack.api.upload(await deckOf(slides), name);
    }
    const dialog = page.getByRole("dialog");
    await whileStill("elm.pdf", async () => {
      await page.getByRole("button", { name: "3 new" }).click();
      for (const name of ["elm.pdf", "fir.pdf", "birch.pdf"]) {
        await page.getByRole("checkbox", { name: `Select ${name}` }).check();
      }
      await page.getByRole("button", { name: "Cancel 2" }).click();
      await dialog.getByText("1 document of the selection stays as it is.").waitFor();
      expect(await brokenRules(page)).toEqual([]);
      await dialog.getByRole("button", { name: "Cancel them" }).click();
      await dialog.getByText("2 of 2 cancelled.").waitFor();
      await dialog.getByRole("button", { name: "Close" }).click();
      await row("fir.pdf").getByText("Cancelled", { exact: true }).waitFor();
      await cancelInNarrowedList(page);
    });

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
