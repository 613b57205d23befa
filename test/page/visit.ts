import type { Browser, BrowserContext, Page } from "playwright-core";
import { settled } from "../support/browser.ts";
import type { Sight } from "./screens.ts";
import type { Stage } from "./stage.ts";

/** What a broken server answers. It says that trying again is of no use, so that nothing waits for it. */
const refusal = {
  type: "about:blank",
  title: "Something went wrong inside Pilotlight.",
  status: 500,
  code: "INTERNAL",
  next: "Try again. If it stays, look into the log for the request.",
  requestId: "req-shown-to-people",
  retryable: false,
};

/** What a server with keys says to a browser that is not signed in. */
const locked = { ...refusal, title: "A valid token is needed.", status: 401, code: "UNAUTHORIZED" };
const nobody = { keyNeeded: true, workspace: null, expiresAt: null };
/** What a shared worker asks for passes by the routes of the tests, and would be answered: then somebody is signed in. */
const alone = {
  hash: "#alone",
  script: 'if (location.hash === "#alone") delete globalThis.SharedWorker;',
};

export interface Window {
  readonly page: Page;
  /** Opens a screen in a state and waits until it is drawn; the answer is the problem, or null. */
  show(sight: Sight): Promise<string | null>;
  close(): Promise<void>;
}

/** Resolves once the page is drawn in this theme: what is half-way between two colours is neither. */
export async function setTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-theme=${theme}]`).waitFor({ state: "attached" });
  await page.evaluate(settled);
}

export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

/** A tab with a profile of its own. Errors of the page's code are told to `onProblem`. */
export async function openWindow(
  browser: Browser,
  stage: Pick<Stage, "full" | "bare" | "known">,
  size: WindowSize,
  onProblem: (problem: string) => void,
): Promise<Window> {
  const context: BrowserContext = await browser.newContext({ viewport: { ...size } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => onProblem(String(error)));
  await page.addInitScript(alone.script);
  let broken: RegExp | null = null;
  let isLocked = false;
  await context.route(/\/api\//, async (route) => {
    const { pathname } = new URL(route.request().url());
    const answer = (status: number, body: unknown) =>
      route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
    if (isLocked) {
      const isAsked = pathname === "/api/session";
      await answer(isAsked ? 200 : 401, isAsked ? nobody : locked);
    } else if (broken?.test(pathname) === true) {
      await answer(500, refusal);
    } else {
      await route.fallback();
    }
  });
  return {
    page,
    async show({ screen, state }) {
      const ofWhole = screen.tab === undefined ? /./ : /\/documents\/[^/]+\/./;
      broken = state === "error" ? ofWhole : null;
      isLocked = state === "signed-out";
      const stack = screen.onBare.includes(state) ? stage.bare : stage.full;
      const path = screen.at[state]?.(stage.known) ?? screen.route;
      const hash = isLocked ? alone.hash : "";
      // Only the hash may differ from the screen before: then nothing would be loaded.
      if (isLocked) await page.goto("about:blank");
      await page.goto(stack + path + hash, { waitUntil: "commit" });
      await page.locator("main").waitFor();
      return (await page.evaluate(drawn)) === true ? verdictOf(page, state) : "never drawn";
    },
    close: () => context.close(),
  };
}

/** Resolves true once nothing that is shown is a placeholder and nothing has changed for a while. */
const drawn = `new Promise((resolve) => {
  const quietMs = 300;
  const limitMs = 20_000;
  const begun = performance.now();
  let changed = begun;
  const main = document.querySelector("main");
  const placeholders = '[aria-busy="true"], [class*="animate-[appear"]';
  const watch = new MutationObserver((all) => {
    if (all.some(({ target }) => main?.contains(target))) changed = performance.now();
  });
  watch.observe(document.body, { subtree: true, childList: true });
  const timer = setInterval(() => {
    const now = performance.now();
    const waits = main === null || main.textContent.trim() === "" ||
      [...main.querySelectorAll(placeholders)].some((one) => one.closest("[hidden]") === null);
    if (!waits && now - changed >= quietMs) finish(true);
    else if (now - begun > limitMs) finish(!waits);
  }, 50);
  function finish(done) {
    clearInterval(timer);
    watch.disconnect();
    resolve(done);
  }
})`;

/** A state that is not to be seen was not looked at. */
async function verdictOf(page: Page, state: Sight["state"]): Promise<string | null> {
  if (state === "signed-out") {
    const asks = await page.getByRole("heading", { name: "Sign in" }).isVisible();
    return asks ? null : "asks for no key";
  }
  if (state !== "error") return null;
  const alerts = await page.locator("main [role=alert], main [role=status]").count();
  return alerts > 0 ? null : "says nothing of the error";
}
