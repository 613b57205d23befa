import { readFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { isBrowserMissing } from "../support/browser.ts";
import { tellMoney } from "../support/money-story.ts";
import { pageTest } from "../support/page-stack.ts";

const costs = { budgetUsdPerMonth: 0, serverNextBillOn: "2020-01-01" };
const it = pageTest({ stack: { overrides: { costs } } }).extend(
  "header",
  { scope: "file" },
  ({ page }) =>
    (name: string) =>
      page.getByRole("banner").getByRole("link", { name, exact: true }).click(),
);

describe.skipIf(isBrowserMissing)("the pages of money", () => {
  it("say that there is nothing yet, and what fills them", async ({ page }) => {
    await page.goto("/costs");
    await page.getByText("Nothing ran in this time.").waitFor();
    await page.goto("/slos");
    await page.getByText("No promise has data yet").waitFor();
  });

  it("give finance last month as CSV in three clicks, and the same total", async ({
    page,
    stack,
    header,
    expectFit,
  }) => {
    const { decks } = await tellMoney(stack.sql, {
      ...{ days: 62, sessionsPerDay: 1, untilMs: Date.now() },
    });
    expect(decks).toBeGreaterThan(100);
    await page.goto("/");
    await header("Costs");
    await page.getByRole("link", { name: "Last month" }).click();
    await page.waitForURL(/time=last/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "CSV" }).click(),
    ]);
    const [head = "", ...lines] = (await readFile(await download.path(), "utf8"))
      .trim()
      .split("\r\n");
    const [total, from] = ["total_usd", "from"].map((name) => head.split(",").indexOf(name));
    const sum = lines.reduce((all, line) => all + Number(line.split(",")[total ?? 0]), 0);
    expect(lines[0]?.split(",")[from ?? 0]).toMatch(/-01$/);
    await page.getByText(`= $${sum.toFixed(2)} in all, checked`).waitFor();
    await expectFit("costs");
  });

  it("say what no provider has charged for yet, and of which document", async ({
    page,
    stack,
    expectFit,
  }) => {
    // The newest run that served a document.
    const [run] = await stack.sql<{ id: number; document: string }[]>`
      select r.id, p.document from replicas r join results x on x.container = r.container_id join pipelines p on p.id = x.pipeline_id
      order by r.id desc limit 1`;
    await stack.sql`update replicas set billed_from = null, billed_until = null where id = ${run?.id ?? 0}`;
    await page.goto("/costs");
    await page.getByText(/\$[\d.]+ billed \+ \$[\d.]+ estimated =/).waitFor();
    await page.getByText("of it estimated").waitFor();
    await expectFit("costs");
    await page.goto(`/documents/${run?.document}?tab=cost`);
    await page.getByText(/\$[\d.]+ billed \+ \$[\d.]+ estimated\./).waitFor();
    await expectFit("cost of a document");
  });

  it("warn of a spent budget where containers run and decks are uploaded", async ({
    page,
    header,
  }) => {
    for (const name of ["Fleet", "Documents"]) {
      await header(name);
      await page.getByText("nothing is stopped by it").first().waitFor();
    }
  });

  it("show which promises are kept, and a rollout without a button that does nothing", async ({
    page,
    header,
    expectFit,
  }) => {
    await header("SLOs");
    await page
      .getByText(/of 4 measured promises are kept|of 5 measured promises are kept/)
      .waitFor();
    await page.getByText("View as table").last().click();
    await page.getByRole("table", { name: "Handoffs by how long they took" }).waitFor();
    await expectFit("slos");
    await header("Rollout");
    await page.getByText("There is one path").waitFor();
    await page.getByText("is over: say the next one").waitFor();
    expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
    await expectFit("rollout");
  });
});
