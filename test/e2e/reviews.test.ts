import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readSet } from "../../src/eval/read-set.ts";
import { example, runCli } from "../support/product.ts";
import { withStack } from "../support/stack.ts";

it("takes reviews by the command line and exports them as a set that eval judges", async () => {
  await withStack({}, async (stack) => {
    const cli = async (...words: string[]) => runCli(stack.home, [...words, "--url", stack.url]);
    const json = async (...words: string[]) => {
      const ended = await cli(...words, "--json");
      expect(ended.code, ended.said).toBe(0);
      return JSON.parse(ended.out);
    };
    const sent = await json("submit", example("aurelia-cardio.pdf"));
    const { id } = await stack.api.ended(sent.documents[0].document);
    const review = (...words: string[]) => json("review", ...words);

    const folder = join(stack.home.dir, "reviewed");
    const early = await cli("review", "export", "--to", folder);
    expect([early.code, early.said]).toEqual([
      9,
      expect.stringContaining("REVIEW_NOTHING_TO_EXPORT"),
    ]);

    await review("verify", id, "extractions.startup_name");
    await review("correct", id, "extractions.deck_date", "2031-02", "--note", "on the cover");
    await review("flag", id, "extractions.healthcare", "--note", "which sector?");
    const ask = '{"amount":[1000000,2000000],"currency":"EUR","round":"Seed"}';
    await review("correct", id, "extractions.funding_amount", ask);
    const path = "extractions.company_offering";
    await stack.api.post(`documents/${id}/reviews`, { path, verdict: "verified" });
    await review("withdraw", id, path);
    const wrong = await cli("review", "correct", id, "extractions.deck_date", "soon");
    expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining("REVIEW_VALUE_INVALID")]);
    const list = await cli("review", id);
    expect(list.out).toMatch(/extractions\.deck_date .*corrected to 2031-02 by .*: on the cover/);
    const report = await cli("results", id);
    expect(report.out).toMatch(/Reviewed: flagged by .*: which sector/);
    expect(
      (await stack.api.results(id)).results.extractions_and_template?.extractions.deck_date.value,
    ).not.toBe("2031-02");

    expect(await review("export", "--to", folder)).toMatchObject({ decks: 1, fields: 3 });
    expect((await readdir(folder)).sort()).toEqual(["aurelia-cardio.pdf", "truth.json"]);
    expect(JSON.parse(await readFile(join(folder, "truth.json"), "utf8"))).toEqual([
      {
        ...{ file: "aurelia-cardio.pdf", startup_name: "Aurelia Cardio", deck_date: "2031-02" },
        funding_amount: { amount: [1_000_000, 2_000_000], currency: "EUR", round: "Seed" },
      },
    ]);
    expect(await readFile(join(folder, "aurelia-cardio.pdf"))).toEqual(
      await readFile(example("aurelia-cardio.pdf")),
    );
    expect((await readSet(folder)).decks).toHaveLength(1);

    // What was corrected is what the reading has to answer from now on.
    const judged = await runCli(stack.home, ["eval", "--decks", folder, "--json"]);
    expect(judged.code, judged.said).toBe(3);
    const { fields } = JSON.parse(judged.out).runs[0].decks[0];
    const verdicts = Object.fromEntries(
      Object.entries<{ verdict: string }>(fields).map(([name, { verdict }]) => [name, verdict]),
    );
    expect(verdicts).toEqual({ name: "right", ask: "wrong", round: "wrong", date: "wrong" });
  });
});
