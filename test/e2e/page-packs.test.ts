import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import type { PackContent } from "../../src/contract/packs.ts";
import { brokenRules, isBrowserMissing } from "../support/browser.ts";
import { smallDeck } from "../support/decks.ts";
import { pageTest } from "../support/page-stack.ts";
import { type RunningStack, runCli } from "../support/product.ts";

const it = pageTest();

// No browser on this machine: said by the skipped tests. On CI it must be there.
describe.skipIf(isBrowserMissing)("packs and What-if on the page", () => {
  it("edits a prompt, loses nothing, compares, activates and rolls back", async ({
    page,
    stack,
  }) => {
    const [button, packs, versionOf] = [buttonOn(page), packsOf(stack), versionFrom(stack)];
    await page.goto("/packs");
    await page.getByRole("link", { name: "Pitch deck", exact: true }).click();
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await button("Prompt clinical").click();
    const field = page.getByLabel("Text of prompts/clinical.md");
    const text = await field.inputValue();

    await field.fill(`${text}{{dekc}}\n`);
    await button("Check").click();
    const line = text.split("\n").length;
    await button(`prompts/clinical.md, line ${line}`).click();
    const chosen = await field.evaluate((area: Record<string, never>) =>
      String(area.value).slice(area.selectionStart, area.selectionEnd),
    );
    expect(chosen).toBe("{{dekc}}");
    expect(await brokenRules(page)).toEqual([]);

    const mine = `${text}Name the number of patients first.\n`;
    await field.fill(mine);
    await page.getByLabel("Why it is changed").fill("asks for n");
    page.once("dialog", (dialog) => void dialog.accept());
    await page.reload();
    await expect.poll(() => field.inputValue()).toBe(mine);

    // Somebody else is faster.
    const { files } = await packs<PackContent>("/pitch-deck/versions/1");
    const theirs = { ...files, "prompts/science.md": `${files["prompts/science.md"]}Be brief.\n` };
    await packs("/pitch-deck/versions", { files: theirs, by: "bob", parent: 1 });
    await page.getByText("Version 2 was made by bob while you were editing.").waitFor();
    expect(await field.inputValue()).toBe(mine);
    await button("Save mine beside it").click();

    await page.getByRole("cell", { name: "Name the number of patients first." }).waitFor();
    expect(await page.getByText("Be brief.").count()).toBe(0);
    expect(await brokenRules(page)).toEqual([]);
    expect(await versionOf("Before")).toBe(1);
    await page
      .getByRole("region", { name: "Compare" })
      .getByRole("button", { name: "Activate version 3" })
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 added, 0 removed").waitFor();
    await dialog.getByText(/from now on are read with version 3 instead of version 1/).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Activate version 3" }).click();
    await page.getByText("runs version 3").waitFor();
    expect(await versionOf("After")).toBe(3);

    await button("Roll back to version 1").click();
    await page.getByText("runs version 1").waitFor();
    expect(await versionOf("Back")).toBe(1);
  });

  it("simulates in the browser what the command line does, and can be called off", async ({
    page,
    home,
    stack,
  }) => {
    const button = buttonOn(page);
    await page.goto(
      `/what-if?days=3&runs=2&seed=4&a=${asked({ keepText: 45, coldVision: 4, coldText: 6 })}`,
    );
    const row = (name: RegExp) => page.getByRole("row", { name }).getByRole("cell").first();
    const told = { usd: await row(/^A deck/).textContent(), half: "", slow: "" };
    told.half = (await row(/half of the decks/).textContent()) ?? "";
    told.slow = (await row(/95 % of the decks/).textContent()) ?? "";
    const command = await page.locator("code", { hasText: "--keep-warm" }).textContent();
    const words = (command ?? "").replace(/^pilotlight /, "").split(" ");
    const cli = await runCli(home, [...words, "--url", stack.url, "--json"]);
    expect(cli.code, cli.said).toBe(0);
    const [figures] = JSON.parse(cli.out).policies;
    const usd = Number(/^\$(\d+\.\d+)/.exec(told.usd ?? "")?.[1]);
    expect(Math.abs(usd - figures.usdPerDocument)).toBeLessThan(0.005 * figures.usdPerDocument);
    expect(secondsIn(told.half)).toBe(Math.round(figures.completionP50Ms / 1000));
    expect(secondsIn(told.slow)).toBe(Math.round(figures.completionP95Ms / 1000));
    expect(await brokenRules(page)).toEqual([]);

    await page.getByLabel("Decks a day").fill("1000");
    await page.getByLabel("Days", { exact: true }).fill("30");
    await button("Simulate").click();
    await button("Cancel").click();
    await page.getByText(/^Cancelled\./).waitFor();
    expect(new URL(page.url()).searchParams.get("decks")).toBe("1000");
  });
});

const buttonOn = (page: Page) => (name: string | RegExp) =>
  page.getByRole("button", { name, exact: true });

/** The API of packs. */
const packsOf =
  ({ url }: RunningStack) =>
  async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}/api/packs${path}`, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };

/** With which version a new deck is read. */
const versionFrom =
  ({ api }: RunningStack) =>
  async (company: string): Promise<number> => {
    const { document } = await api.upload(await smallDeck(company), `${company}.pdf`);
    await api.ended(document?.id ?? "");
    return (await api.results(document?.id ?? "")).pack.version;
  };

const asked = (setting: object): string => encodeURIComponent(JSON.stringify(setting));

/** "2 min 5 s[2 min to 3 min]" in seconds. */
function secondsIn(words: string): number {
  const [, minutes = "0", seconds = "0"] = /^(?:(\d+) min ?)?(?:(\d+) s)?/.exec(words) ?? [];
  return 60 * Number(minutes) + Number(seconds);
}
