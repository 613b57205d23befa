import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nameOf, tryRules } from "../page/rules.ts";
import { usualStates } from "../page/screens.ts";
import { type Stage, setStage } from "../page/stage.ts";
import { isBrowserMissing, startBrowser } from "../support/browser.ts";
import { createTestDatabase } from "../support/database.ts";

// No browser on this machine: said by the skipped tests. On CI it must be there.
describe.skipIf(isBrowserMissing)("every screen of the page", () => {
  let stage: Stage;
  let browser: Browser;

  beforeAll(async () => {
    stage = await setStage(createTestDatabase, ["aurelia-cardio.pdf"]);
    browser = await startBrowser(stage.home);
  });
  afterAll(async () => {
    await browser.close();
    expect(await stage.close()).toEqual([]);
  });

  it("keeps the rules of accessibility, loaded, empty and in error, in both themes", async () => {
    const findings = await tryRules(browser, stage, {
      ...{ states: usualStates, windows: 2, isLean: true },
    });
    const broken = findings
      .filter(({ problems }) => problems.length > 0)
      .map(({ sight, theme, problems }) => ({ screen: `${nameOf(sight)} ${theme}`, problems }));
    expect(broken).toEqual([]);
  }, 400_000);
});
