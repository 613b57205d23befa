import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, FileChooser, Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  brokenRules,
  type Gate,
  resize,
  screenshot,
  sidewaysPixels,
  startBrowser,
  startGate,
  themeRules,
  watchBars,
} from "./browser.ts";
import { type Home, makeHome } from "./home.ts";
import type { OllamaDouble } from "./ollama-double.ts";
import type { StackOptions } from "./product.ts";
import { type SharingStack, startOnShared } from "./stack.ts";

/** Longest wait for something to be seen: a deck's end among it, also on a machine that has other work. */
export const seenMs = 90_000;

/** A stack that counts no container as lost while a test looks at the page. */
export const patient: StackOptions = { overrides: { timings: { containerTtlMs: 2 * seenMs } } };

export interface PageOptions {
  readonly stack?: StackOptions;
  /** A server of models for the stack's containers; it ends after them. */
  readonly model?: () => Promise<OllamaDouble>;
  /** Tabs that are opened note every value that a progress bar shows. */
  readonly watchesBars?: boolean;
}

/** A stack with a gate before it, and a browser whose first tab is on the start page. */
interface Place {
  readonly home: Home;
  readonly stack: SharingStack;
  readonly gate: Gate;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Another tab. Errors of its code are found at the end of the file, as are those of the first. */
  openTab(inside: BrowserContext, path?: string): Promise<Page>;
}

const wide = { width: 1280, height: 800 };

/**
 * `it` of a file that looks at the page in a browser: its tests are given what `Place` has, and the tools below. All
 * of it is started for the first test that asks, serves the whole file, and is ended after the last: then no process,
 * file or lock may be left, and no code of the page may have failed.
 */
export const pageTest = (options: PageOptions = {}) =>
  test
    .extend("options", { scope: "file" }, () => options)
    .extend("place", { scope: "file" }, async ({ options: given }, { onCleanup }) => {
      const ends: (() => Promise<void>)[] = [];
      onCleanup(() => endAll(ends));
      return setPlace(given, (end) => ends.unshift(end));
    })
    .extend("home", { scope: "file" }, ({ place }) => place.home)
    .extend("stack", { scope: "file" }, ({ place }) => place.stack)
    .extend("gate", { scope: "file" }, ({ place }) => place.gate)
    .extend("browser", { scope: "file" }, ({ place }) => place.browser)
    .extend("context", { scope: "file" }, ({ place }) => place.context)
    .extend("page", { scope: "file" }, ({ place }) => place.page)
    .extend("openTab", { scope: "file" }, ({ place }) => place.openTab)
    .extend("fileOf", { scope: "file" }, ({ place }) => fileIn(place.home))
    .extend("whileStill", { scope: "file" }, ({ stack }) => stillnessOf(stack))
    .extend("row", { scope: "file" }, ({ page }) => rowOn(page))
    .extend("item", { scope: "file" }, ({ page }) => itemOn(page))
    .extend("tab", { scope: "file" }, ({ page }) => tabOn(page))
    .extend("choose", { scope: "file" }, ({ page }) => chooseOn(page))
    .extend("expectGood", { scope: "file" }, ({ page }) => expectGoodOn(page))
    .extend("expectNarrow", { scope: "file" }, ({ page }) => expectNarrowOn(page))
    .extend("expectFit", { scope: "file" }, ({ page }) => expectFitOn(page));

async function setPlace(
  { stack: given = {}, model: startModel, watchesBars = false }: PageOptions,
  onEnd: (end: () => Promise<void>) => void,
): Promise<Place> {
  const home = await makeHome();
  onEnd(async () => {
    const left = await home.leftovers();
    await home.remove();
    expect(left).toEqual([]);
  });
  const model = await startModel?.();
  onEnd(async () => model?.stop());
  const address = model === undefined ? {} : { OLLAMA_HOST: model.url };
  const stack = await startOnShared(home, { ...given, env: { ...given.env, ...address } });
  onEnd(() => stack.stop());
  const gate = await startGate(stack.url);
  onEnd(() => gate.shut());
  const browser = await startBrowser(home);
  const problems: string[] = [];
  onEnd(async () => {
    await browser.close();
    expect(problems).toEqual([]);
  });
  const context = await browser.newContext({ viewport: wide, baseURL: gate.url });
  const openTab = async (inside: BrowserContext, path = "/"): Promise<Page> => {
    const tab = await inside.newPage();
    tab.setDefaultTimeout(seenMs);
    tab.on("pageerror", (error) => problems.push(String(error)));
    if (watchesBars) await watchBars(tab);
    await tab.goto(`${gate.url}${path}`);
    return tab;
  };
  return { home, stack, gate, browser, context, openTab, page: await openTab(context) };
}

/** Does all of them, whichever fails, and then says what failed. */
async function endAll(ends: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends) await end().catch((error: unknown) => failures.push(error));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join("\n"));
}

/** Writes a file that can be chosen, and answers its path. */
const fileIn =
  ({ dir }: Home) =>
  async (name: string, content: Uint8Array | string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, content);
    return path;
  };

/**
 * From the first slide of this deck that is counted as read, vision containers stand still while something is done: the deck stays
 * half read, however long the page takes. Needs `patient` in the stack's options, else they count as lost meanwhile.
 */
const stillnessOf =
  (stack: SharingStack) =>
  async (deck: string, act: () => Promise<void>): Promise<void> => {
    await stack.api.until(`a slide of ${deck} that is counted as read`, () => isBegun(stack, deck));
    const pids = stack.containers("vision").map(({ pid }) => pid);
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    try {
      await act();
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
  };

async function isBegun({ api }: SharingStack, deck: string): Promise<true | undefined> {
  const { documents } = await api.documents();
  const id = documents.find(({ name }) => name === deck)?.id;
  // A slide is stored before the container counts it, and the page shows what was counted.
  const isCounted = api.heard.some(
    ({ type, document, data }) =>
      type === "task.progress" && document === id && Number(data.done) > 0,
  );
  return id !== undefined && isCounted ? true : undefined;
}

/** A row of a table that has these words. */
const rowOn =
  (page: Page) =>
  (hasText: string): Locator =>
    page.getByRole("row").filter({ hasText });

/** An item of a list that has these words: an upload among them. */
const itemOn =
  (page: Page) =>
  (hasText: string): Locator =>
    page.getByRole("listitem").filter({ hasText });

/** Goes to a tab of the document. */
const tabOn =
  (page: Page) =>
  (name: string): Promise<void> =>
    page.getByRole("navigation", { name: "Results" }).getByRole("link", { name }).click();

/** Gives files to the dialog that a button opens. */
const chooseOn =
  (page: Page) =>
  async (button: string, files: readonly string[]): Promise<void> => {
    const chooser = await chooserAfter(page, () =>
      page.getByRole("button", { name: button }).first().click(),
    );
    await chooser.setFiles(files);
  };

/**
 * The dialog for files that something opens. The page must have heard that it is waited for before a key is pressed:
 * the two take different ways to it, and a busy page may hear of the key first; no dialog is then ever seen.
 */
export async function chooserAfter(page: Page, open: () => Promise<void>): Promise<FileChooser> {
  const chooser = page.waitForEvent("filechooser");
  const opened = page.evaluate("null").then(open);
  const [dialog] = await Promise.all([chooser, opened]);
  return dialog;
}

/** As it stands it keeps the rules of accessibility and cannot be scrolled to the side. */
const expectGoodOn =
  (page: Page) =>
  async (name: string): Promise<void> => {
    expect({ name, broken: await brokenRules(page) }).toEqual({ name, broken: [] });
    expect({ name, sideways: await sidewaysPixels(page) }).toEqual({ name, sideways: 0 });
    await screenshot(page, name);
  };

/** On the narrowest screen nothing has to be scrolled to the side. */
const expectNarrowOn =
  (page: Page) =>
  async (name: string): Promise<void> => {
    await resize(page, 320, 640);
    expect({ name, sideways: await sidewaysPixels(page) }).toEqual({ name, sideways: 0 });
    await screenshot(page, `${name} 320`);
    await resize(page, wide.width, wide.height);
  };

/** In both themes, of which the second is asked what colours decide, and on the narrowest screen. */
const expectFitOn = (page: Page) => {
  const expectNarrow = expectNarrowOn(page);
  const themes = [
    { theme: "Dark theme", rules: themeRules },
    { theme: "Light theme", rules: undefined },
  ];
  return async (name: string): Promise<void> => {
    for (const { theme, rules } of themes) {
      await page.getByRole("button", { name: theme }).click();
      const broken = await brokenRules(page, rules);
      expect({ name, theme, broken }).toEqual({ name, theme, broken: [] });
      await screenshot(page, `${name} ${theme}`);
    }
    await expectNarrow(name);
  };
};
