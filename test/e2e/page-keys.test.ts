import { createHash } from "node:crypto";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { isBrowserMissing } from "../support/browser.ts";
import { smallDeck } from "../support/decks.ts";
import { chooserAfter, pageTest, seenMs } from "../support/page-stack.ts";

const key = "the key of the default workspace";
const otherKey = "the key of another workspace";
const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

const it = pageTest({ stack: { overrides: { apiKeys: [key] } } });

const heading = (tab: Page) => tab.getByRole("heading", { name: "Sign in" });
const badge = (tab: Page, words: string) =>
  tab.getByRole("banner").getByText(words, { exact: true });

async function signIn(tab: Page, apiKey: string): Promise<void> {
  await tab.getByLabel("API key").fill(apiKey);
  await tab.getByRole("button", { name: "Sign in" }).click();
}

/** A file that stays in the list of uploads of a tab: it is no deck. */
async function chooseRefused(tab: Page, path: string): Promise<void> {
  const open = () => tab.getByRole("button", { name: "Choose PDFs" }).click();
  await (await chooserAfter(tab, open)).setFiles([path]);
  await tab.getByText("NOT_A_PDF").waitFor();
}

/** A tab without the shared worker, whose clock is the test's. */
async function clockedTab(context: BrowserContext, url: string): Promise<Page> {
  await context.addInitScript("delete window.SharedWorker");
  const tab = await context.newPage();
  await tab.clock.install();
  await tab.goto(url);
  return tab;
}

describe.skipIf(isBrowserMissing)("the page, where keys are needed", () => {
  it("asks for a key, and says of a wrong one that it is wrong", async ({
    page,
    expectGood,
    expectFit,
  }) => {
    await heading(page).waitFor();
    await badge(page, "Not signed in").waitFor();
    expect(await page.title()).toBe("Sign in · Pilotlight");
    expect(await page.getByRole("navigation").count()).toBe(0);
    await expectGood("sign in");
    await expectFit("sign in");
    await signIn(page, "a wrong key, of some length");
    const alert = page.getByRole("alert");
    await alert.getByText("This API key opens nothing here.").waitFor();
    expect(await alert.textContent()).toContain("KEY_UNKNOWN");
    await expectGood("wrong key");
    await expectFit("wrong key");
  });

  it("asks nothing more while nobody is signed in", async ({ browser, gate }) => {
    const context = await browser.newContext();
    const tab = await clockedTab(context, gate.url);
    await badge(tab, "Not signed in").waitFor();
    const asked: string[] = [];
    tab.on("request", (request) => asked.push(request.url()));
    await tab.clock.runFor(180_000);
    expect(asked).toEqual([]);
    await context.close();
  });

  it("loads what was asked for once the key is right, with stream, pictures and files", async ({
    page,
    stack,
    gate,
    fileOf,
    choose,
    row,
  }) => {
    await page.goto(`${gate.url}/fleet`);
    await signIn(page, ` ${key} `);
    await page.getByRole("heading", { name: "Fleet", exact: true }).waitFor();
    await badge(page, "Live").waitFor();
    expect(await page.evaluate("document.cookie")).toBe("");
    await page.getByRole("link", { name: "Documents", exact: true }).click();
    await choose("Choose PDFs", [await fileOf("keyed.pdf", await smallDeck("Keyed"))]);
    await row("keyed.pdf").getByText("100 %").waitFor();
    await page.reload();
    await page.getByRole("link", { name: "keyed.pdf", exact: true }).click();
    const picture = page.locator("main img").first();
    await picture.waitFor();
    const width = () => picture.evaluate((img) => Number(Reflect.get(img, "naturalWidth")));
    await expect.poll(width, { timeout: seenMs }).toBeGreaterThan(0);
    const opened = await page.evaluate(`(async () => {
      const link = [...document.querySelectorAll("main a")].find(({ href }) => href.endsWith("/file"));
      const answer = await fetch(link.href);
      return [answer.status, answer.headers.get("content-type")];
    })()`);
    expect(opened).toEqual([200, "application/pdf"]);
    // The key itself is nowhere in the browser.
    const [cookie] = await page.context().cookies(`${stack.url}/api/`);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", expires: -1 });
    expect(cookie?.value).not.toContain(key);
  });

  it("goes on where it was once the session has ended and somebody has signed in again", async ({
    page,
    stack,
    expectGood,
  }) => {
    const ask = page.getByRole("link", { name: "Ask", exact: true });
    await ask.click();
    await page.getByLabel("Ask this deck").fill("Who are the founders?");
    await stack.sql`update api_keys set revoked_at = now()`;
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("You are not signed in any more").waitFor();
    await badge(page, "Not signed in").waitFor();
    await expectGood("session ended");
    await stack.sql`update api_keys set revoked_at = null`;
    await signIn(page, key);
    await badge(page, "Live").waitFor();
    const field = page.getByLabel("Ask this deck");
    expect(await field.inputValue()).toBe("Who are the founders?");
  });

  it("signs out in all tabs, and in again in all", async ({ context, page, openTab }) => {
    const second = await openTab(context, "/fleet");
    await badge(second, "Live").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const tab of [page, second]) {
      await heading(tab).waitFor();
      await badge(tab, "Not signed in").waitFor();
      expect(await tab.getByText("keyed.pdf").count()).toBe(0);
    }
    expect(await context.cookies()).toEqual([]);
    await signIn(page, key);
    await page.getByRole("link", { name: "keyed.pdf", exact: true }).waitFor();
    await second.getByRole("heading", { name: "Fleet", exact: true }).waitFor();
    await badge(second, "Live").waitFor();
    await second.close();
  });

  it("says that a document may be in another workspace, and takes another key", async ({
    browser,
    stack,
    page,
    openTab,
    fileOf,
    expectGood,
  }) => {
    await stack.sql`insert into workspaces (id, name) values ('other', 'Other')`;
    await stack.sql`insert into api_keys (workspace, label, hash) values ('other', 'test', ${hashOf(otherKey)})`;
    await page.getByRole("link", { name: "keyed.pdf", exact: true }).click();
    await page.waitForURL("**/documents/*");
    const { pathname } = new URL(page.url());
    const context = await browser.newContext();
    const tab = await openTab(context, pathname);
    await signIn(tab, otherKey);
    await tab.getByText("Your key opens the workspace other alone.").waitFor();
    await tab.getByText("DOCUMENT_NOT_FOUND").waitFor();
    const refused = await fileOf("refused.txt", "no deck");
    const second = await openTab(context);
    await chooseRefused(second, refused);
    const pages = tab.getByRole("navigation", { name: "Pages" });
    const documents = pages.getByRole("link", { name: "Documents", exact: true });
    await documents.click();
    await chooseRefused(tab, refused);
    await tab.goBack();
    await tab.getByRole("button", { name: "Use another key" }).click();
    await tab.getByText("You are signed in to the workspace other.").waitFor();
    await signIn(tab, key);
    await tab
      .getByRole("main")
      .getByText(/^keyed\.pdf · /)
      .waitFor();
    expect(await tab.getByText("Your key opens").count()).toBe(0);
    // What was chosen for the other workspace is gone, in all tabs.
    await documents.click();
    for (const one of [tab, second]) {
      await one.getByRole("link", { name: "keyed.pdf", exact: true }).waitFor();
      await one.getByText("refused.txt").waitFor({ state: "detached" });
    }
    await context.close();
    await expectGood("keyed document");
  });
});
