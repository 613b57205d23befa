import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import {
  brokenRules,
  isBrowserMissing,
  resize,
  screenshot,
  sidewaysPixels,
  watchedBars,
} from "../support/browser.ts";
import { deckOf } from "../support/decks.ts";
import { chooserAfter, pageTest, patient, seenMs } from "../support/page-stack.ts";

const it = pageTest({ watchesBars: true, stack: patient }).extend(
  "rowOf",
  { scope: "file" },
  ({ page }) =>
    (name: string) =>
      page.getByRole("link", { name, exact: true }),
);

const outageMs = 20_000;

const deckAbout = (word: string, slides: number): Promise<Buffer> =>
  deckOf(Array.from({ length: slides }, (_, n) => `${word}\n${word} carries part ${n + 1}`));

/** From now on the page notes whether this word ever stood on it. */
const watchFor = (page: Page, word: string): Promise<void> =>
  page.evaluate(`(() => {
    window.foreign = [];
    const look = () => {
      const text = document.querySelector("main")?.textContent ?? "";
      if (text.includes(${JSON.stringify(word)})) window.foreign.push(text.slice(0, 200));
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  })()`);

describe.skipIf(isBrowserMissing)("the page, live", () => {
  const badge = (tab: Page, words: RegExp) => tab.getByRole("banner").getByText(words).waitFor();
  const carrierOf = async (tab: Page): Promise<string> => {
    await badge(tab, /^Live$/);
    return (
      (await tab.getByRole("banner").locator("[title*='Last news']").getAttribute("title")) ?? ""
    );
  };

  it("has one stream for all tabs of a browser, with a shared worker and without", async ({
    browser,
    context,
    page,
    openTab,
    gate,
  }) => {
    const others = [await openTab(context), await openTab(context, "/fleet")];
    for (const tab of [page, ...others]) expect(await carrierOf(tab)).toContain("One connection");
    expect(gate.streams()).toBe(1);
    for (const tab of others) await tab.close();

    const plain = await browser.newContext();
    await plain.addInitScript("delete window.SharedWorker");
    const leader = await openTab(plain);
    expect(await carrierOf(leader)).toContain("This tab holds");
    const follower = await openTab(plain);
    expect(await carrierOf(follower)).toContain("Another tab holds");
    expect(gate.streams()).toBe(2);
    await leader.close();
    await expect.poll(() => carrierOf(follower), { timeout: seenMs }).toContain("This tab holds");
    await plain.close();
    await expect.poll(() => gate.streams(), { timeout: seenMs }).toBe(1);
  });

  it("says within 5 s that the API is away, and catches up after 20 s; two decks never mix", async ({
    stack,
    gate,
    context,
    page,
    openTab,
    rowOf,
  }) => {
    const upload = async (word: string): Promise<string> =>
      (await stack.api.upload(await deckAbout(word, 24), `${word}.pdf`)).document?.id ?? "";
    const ids = [await upload("Longmere")];
    await rowOf("Longmere.pdf").waitFor();
    ids.push(await upload("Quellmar"));
    await page.getByRole("button", { name: "1 new" }).press("Enter");
    const [one, two] = [
      await openTab(context, `/documents/${ids[0]}`),
      await openTab(context, `/documents/${ids[1]}`),
    ];
    await watchFor(one, "Quellmar");
    await watchFor(two, "Longmere");
    await one
      .getByText(/^[1-9]\d?\/24$/)
      .first()
      .waitFor();

    await gate.shut();
    const awayAtMs = performance.now();
    for (const tab of [page, one, two]) await badge(tab, /^(Reconnecting|Polling)$/);
    expect(performance.now() - awayAtMs).toBeLessThan(5000);
    await one.getByText(/^Could not refresh: Pilotlight does not answer\./).waitFor();
    await badge(one, /^as of \d+ s ago$/);
    await screenshot(one, "away");
    expect(await brokenRules(one)).toEqual([]);
    await sleep(Math.max(0, outageMs - (performance.now() - awayAtMs)));
    await gate.open();

    for (const tab of [one, two]) {
      await tab.getByText("100 %").waitFor();
      await badge(tab, /^Live$/);
      await expect
        .poll(() => tab.getByText(/^Could not refresh/).count(), { timeout: seenMs })
        .toBe(0);
      expect(await tab.evaluate("window.foreign")).toEqual([]);
    }
    expect(gate.streams()).toBe(1);
    for (const [tab, word] of [
      [page, "Longmere"],
      [page, "Quellmar"],
      [one, "Longmere"],
      [two, "Quellmar"],
    ] as const) {
      // Kept since the page was loaded: there was no reload.
      const shown = (await watchedBars(tab))[`Progress of ${word}.pdf`] ?? [];
      expect({ word, shown }).toEqual({ word, shown: [...shown].sort((a, b) => a - b) });
      expect(shown.at(-1)).toBe(100);
    }
    // What was replayed is told once.
    await one
      .getByRole("navigation", { name: "Results" })
      .getByRole("link", { name: "Activity" })
      .click();
    const told = one.getByText(/^Accepted\b/);
    await told.first().waitFor();
    expect(await told.count()).toBe(1);
    await Promise.all([one.close(), two.close()]);
  });

  it("stands still while it is paused, and goes on with what it missed", async ({
    stack,
    page,
    rowOf,
  }) => {
    await page.keyboard.press("p");
    await badge(page, /^Paused$/);
    const { document } = await stack.api.upload(await deckAbout("Standstill", 1), "standstill.pdf");
    await stack.api.ended(document?.id ?? "");
    expect(await page.getByRole("button", { name: "1 new" }).count()).toBe(0);
    await screenshot(page, "paused");
    await page.keyboard.press("p");
    await page.getByRole("button", { name: "1 new" }).press("Enter");
    await rowOf("standstill.pdf").waitFor();
    await badge(page, /^Live$/);
  });

  it("lists its keys, remaps one and switches them off; the palette finds a deck", async ({
    page,
  }) => {
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keyboard" });
    await keys.getByRole("rowheader", { name: "Fleet" }).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await screenshot(page, "keys");
    await keys.getByRole("button", { name: "Change the key of: Fleet" }).press("Enter");
    await page.keyboard.press("j");
    await keys.getByText("j already means: Next row.").waitFor();
    await keys.getByRole("button", { name: "Change the key of: Fleet" }).press("Enter");
    await page.keyboard.press("x");
    await keys.getByText("Fleet: now x.").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("x");
    await page.waitForURL(/\/fleet$/);

    await page.keyboard.press("?");
    await keys.getByRole("button", { name: "Reset all keys" }).press("Enter");
    await keys.getByRole("checkbox").press("Space");
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Go to, or do" });
    await palette.getByRole("option").first().waitFor();
    expect(page.url()).toMatch(/\/fleet$/);
    expect(await brokenRules(page)).toEqual([]);
    await page.keyboard.type("quellmar");
    await palette.getByRole("option", { name: /^Quellmar\.pdf/ }).waitFor();
    await screenshot(page, "palette");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/documents\//);
    await page.getByRole("banner").getByRole("button", { name: "Keyboard" }).press("Enter");
    await keys.getByRole("checkbox").press("Space");
    await page.keyboard.press("Escape");
    await keys.waitFor({ state: "detached" });
  });

  it("is used by keys alone, from the upload to the results and a retry", async ({
    gate,
    page,
    rowOf,
    whileStill,
  }) => {
    const long = {
      name: "keys.pdf",
      mimeType: "application/pdf",
      buffer: await deckAbout("Keyling", 24),
    };
    const chooser = await chooserAfter(page, () => page.keyboard.press("u"));
    await chooser.setFiles(long);
    await page.waitForURL(`${gate.url}/`);
    await whileStill("keys.pdf", async () => {
      await rowOf("keys.pdf").waitFor();
      await pressUntil(page, "j", "keys.pdf");
      await page.keyboard.press("Enter");
      await page
        .getByText(/^[1-9]\d?\/24$/)
        .first()
        .waitFor();
      await page.keyboard.press(".");
      await pressUntil(page, "Tab", "Cancel");
      await page.keyboard.press("Enter");
      await pressUntil(page, "Tab", "Cancel it");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });
    await page
      .getByRole("button", { name: /^Retry/ })
      .first()
      .waitFor();
    await page.keyboard.press(".");
    await pressUntil(page, "Tab", "Retry");
    await page.keyboard.press("Enter");
    await page
      .getByRole("dialog")
      .getByText(/^(Does|Runs)/)
      .first()
      .waitFor();
    await pressUntil(page, "Tab", "Retry");
    await page.keyboard.press("Enter");
    await page.getByText("100 %").waitFor();
    await page.keyboard.press("]");
    await page.waitForURL(/tab=extractions/);
    await page.keyboard.press("[");
    await page.waitForURL(/tab=slides/);
    await page.getByText("Slide 1 of 24").waitFor();
  });

  it("has a menu where ten pages do not fit", async ({ page }) => {
    await resize(page, 320, 640);
    await page.getByRole("button", { name: "Pages" }).press("Enter");
    await page.getByRole("link", { name: "What-if" }).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    expect(await sidewaysPixels(page)).toBe(0);
    await screenshot(page, "menu 320");
    await page.getByRole("link", { name: "Batches" }).press("Enter");
    await page.waitForURL(/\/batches$/);
    await page.getByRole("link", { name: "What-if" }).waitFor({ state: "hidden" });
  });
});

/** Presses a key until what has the focus is named so: as people go through a page. */
async function pressUntil(page: Page, key: string, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(
      "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()",
    );
    if (focused === name || (name === "Retry" && String(focused).startsWith("Retry"))) return;
  }
  throw new Error(`${key} did not come to ${name}.`);
}
