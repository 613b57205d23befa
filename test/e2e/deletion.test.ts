import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { brokenRules, isBrowserMissing, startBrowser } from "../support/browser.ts";
import { example, type RunningStack, runCli } from "../support/product.ts";
import { withStack } from "../support/stack.ts";

const deck = "aurelia-cardio.pdf";

/** Stored files of these bytes. */
async function filesOf({ home }: RunningStack, sha256: string): Promise<string[]> {
  const names = await readdir(join(home.stateDir, "blobs"), { recursive: true });
  return names.filter((name) => name.includes(sha256));
}

it("forgets a document by the command line: its rows, its files and its name", async () => {
  await withStack({}, async (stack) => {
    const cli = async (...words: string[]) => runCli(stack.home, [...words, "--url", stack.url]);
    const sent = await cli("submit", example(deck), "--json");
    const { id, sha256 } = await stack.api.ended(JSON.parse(sent.out).documents[0].document);
    expect(await filesOf(stack, sha256)).not.toEqual([]);

    const asked = await cli("rm", id);
    expect([asked.code, asked.said]).toEqual([2, expect.stringContaining("--yes")]);
    const gone = await cli("rm", id, "--yes", "--json");
    expect(gone.code, gone.said).toBe(0);
    expect(JSON.parse(gone.out)).toMatchObject({ documents: [{ document: id }] });
    expect(await filesOf(stack, sha256)).toEqual([]);
    expect((await cli("status", id)).code).toBe(5);
    expect((await cli("rm", id, "--yes")).code).toBe(0);
    expect((await cli("rm", "d_none", "--yes")).code).toBe(5);
    expect((await cli("ls")).out).not.toContain("aurelia");
  });
});

it.skipIf(isBrowserMissing)(
  "forgets a document by its page, for whoever else looks at it",
  async () => {
    await withStack({}, async (stack) => {
      const sent = await runCli(stack.home, [
        "submit",
        example(deck),
        "--json",
        "--url",
        stack.url,
      ]);
      const { id, sha256, name } = await stack.api.ended(
        JSON.parse(sent.out).documents[0].document,
      );
      const browser = await startBrowser(stack.home);
      try {
        const context = await browser.newContext();
        const [page, other] = [await context.newPage(), await context.newPage()];
        await page.goto(`${stack.url}/documents/${id}`);
        await other.goto(`${stack.url}/documents/${id}`);
        await other.getByRole("navigation", { name: "Results" }).waitFor();
        await page.getByRole("button", { name: "Delete" }).click();
        expect(await brokenRules(page)).toEqual([]);
        await page.getByRole("button", { name: "Delete it" }).click();
        await page.getByRole("button", { name: "Delete it" }).waitFor({ state: "detached" });
        await page.waitForURL(`${stack.url}/`);
        expect(await page.getByText(name).count()).toBe(0);
        // Nobody touched this one: the stream told it.
        await other.bringToFront();
        await other.getByText("There is no such document.").waitFor();
        expect(await other.getByText(name).count()).toBe(0);
        expect(await filesOf(stack, sha256)).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  },
);
