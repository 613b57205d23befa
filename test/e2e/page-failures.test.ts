import { expect } from "vitest";
import { isBrowserMissing } from "../support/browser.ts";
import { smallDeck } from "../support/decks.ts";
import { type OllamaDouble, startOllamaDouble } from "../support/ollama-double.ts";
import { pageTest } from "../support/page-stack.ts";
import { runCli } from "../support/product.ts";

let double: OllamaDouble;
const it = pageTest({
  stack: { env: { PILOTLIGHT_ENGINE: "ollama" } },
  model: async () => {
    double = await startOllamaDouble();
    return double;
  },
});

it.skipIf(isBrowserMissing)(
  "works a group of failures through: look, preview, retry, recovered",
  async ({ home, stack, page, expectGood, expectNarrow }) => {
    const send = async (name: string): Promise<string> => {
      const { document } = await stack.api.upload(await smallDeck(name, 2), `${name}.pdf`);
      return document?.id ?? "";
    };
    // Containers prove their model at their start, so one is up, and stays, before it breaks.
    await runCli(home, ["fleet", "start", "vision", "--keep", "--url", stack.url]);
    await stack.api.ended(await send("Sound"));
    double.faults.contextOverflow = true;
    const ids = [await send("Broken one"), await send("Broken two")];
    for (const id of ids) expect((await stack.api.ended(id)).pipeline.state).toBe("failed");

    await page.goto("/failures");
    await page.getByText("2 causes need you in the last 7 days").waitFor();
    const group = page.getByRole("article").filter({ hasText: "Visual analysis" });
    await group.getByText("in 2 documents").waitFor();
    await group.getByText(/^pilotlight failures retry f_[0-9a-f]{12}$/).waitFor();
    await group.getByRole("button", { name: "Copy the command" }).waitFor();
    await group.getByRole("link", { name: "Show attempts" }).click();
    await page.getByRole("rowheader", { name: /Broken two.*attempt 1/ }).waitFor();
    await page
      .getByText(/^Last \d+ lines of its log$/)
      .first()
      .waitFor();
    expect(page.url()).toMatch(/group=f_[0-9a-f]{12}/);
    await expectGood("failures");
    await expectNarrow("failures");

    // The same sentence, with what it comes from, where the document is.
    await page.goto(`/documents/${ids[0]}`);
    await page.getByRole("button", { name: "Why? Broken one.pdf" }).click();
    const why = page.getByRole("dialog", { name: "Why: Broken one.pdf" });
    await why.getByText(`pilotlight retry ${ids[0]}`).waitFor();
    const { pipeline } = await stack.api.document(ids[0] ?? "");
    await why.getByText(pipeline.status.sentence).waitFor();
    await page.keyboard.press("Escape");
    await why.waitFor({ state: "hidden" });

    delete double.faults.contextOverflow;
    await page.goBack();
    await group.getByRole("button", { name: "Retry…" }).click();
    await page.getByText("Tries 4 slides again in 2 documents").waitFor();
    await page.getByRole("button", { name: "Retry 2 documents" }).click();
    await page.getByText("2 of 2 documents opened again.").waitFor();
    // The tab is looked at anew: what is left to retry is not asked for again, and not told as an error.
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.method()));
    const renewed = page.waitForResponse(/\/failures\?/);
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await renewed;
    expect(asked).not.toContain("POST");
    await page.getByText("2 of 2 documents opened again.").waitFor();
    await page.getByRole("button", { name: "Close" }).click();

    // The other cause by the command line, which is the same retry.
    const json = async (...words: string[]) => {
      const ended = await runCli(home, [...words, "--url", stack.url, "--json"]);
      expect(ended.code, ended.said).toBe(0);
      return JSON.parse(ended.out);
    };
    const { groups } = await json("failures", "ls");
    const other = groups.find(({ stage }: { stage: string }) => stage === "slide_feedback");
    expect(await json("failures", "retry", other.fingerprint, "--yes")).toMatchObject({
      ...{ documents: { length: 2 }, left: 0 },
    });
    for (const id of ids) expect((await stack.api.ended(id)).pipeline.state).toBe("done");
    await page.getByText("No open failures.").waitFor();
    await page.getByRole("link", { name: /^Recovered by retry/ }).click();
    await group.getByText("Trying again helped 2 of 2 times.").waitFor();
  },
);
