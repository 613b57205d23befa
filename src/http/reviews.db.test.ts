import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Answer,
  type ControlPlane,
  call as callApp,
  createControlPlane,
  doneOutcome,
  registerWorker,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { expectProblem } from "../../test/support/problems.ts";
import { submit } from "../../test/support/queue.ts";
import { slideOf } from "../../test/support/slides.ts";
import { documentResults } from "../contract/documents.ts";
import { documentReviews, type ReviewableView } from "../contract/reviews.ts";
import { claimPaths } from "../core/review/paths.ts";

let db: TestDatabase;
let plane: ControlPlane;
let workers: TestWorker[] = [];
let document = "";

beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  workers = [
    await registerWorker(plane.app, { weights: "one" }),
    await registerWorker(plane.app, { pool: "text" }),
  ];
  ({ document } = await submit(db.sql, "pitch-deck", { sha256: "1".padStart(64, "0") }));
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const call = (path: string, body?: object): Promise<Answer> =>
  callApp(plane.app, body ? "POST" : "GET", `/api/documents/${document}/${path}`, { body });
const review = (body: object): Promise<Answer> => call("reviews", body);
const claimPath = claimPaths("specialized_clinical", [{ claim: "It heals" }])[0] ?? "";
const items = async (): Promise<Map<string, ReviewableView>> => {
  const { body } = await call("reviews");
  expect(documentReviews.parse(body)).toEqual(body);
  return new Map(documentReviews.parse(body).items.map((item) => [item.path, item]));
};

const said = (value: unknown) => ({
  ...{ value, confidence: 0.5, note: null, conflicts: [] },
  evidence: [{ slide: 1, quote: String(value), grounded: true }],
});
const ask = (amount: number) => ({ amount, currency: "EUR", round: null });
const question = { id: "who", question: "Who pays?", answer: "Clinics", score: 3 };
const resultOf = (task: string, amount: number): Record<string, unknown> => {
  if (task === "visual_analysis") return { slides: [slideOf(1, "words")] };
  if (task === "slide_feedback") return { slides: [] };
  if (task !== "extractions_and_template") {
    const claim = { kind: "outcome", status: "stated", missing: [] };
    const evidence = [{ slide: 1, quote: "It heals", grounded: false }];
    const one = { ...claim, claim: "It heals", evidence };
    // Later readings find one more before it.
    const more = amount === 4_500_000 ? [] : [{ ...claim, claim: "It is new", evidence }];
    return {
      ...{ applicable: true, reason: null, summary: null, score: 2, missing: [] },
      claims: [...more, one],
    };
  }
  const extractions = {
    ...{ startup_name: said("Aurelia"), company_offering: said(null), deck_date: said("2026-10") },
    ...{
      healthcare: said({ is_healthcare: true, sector: null }),
      funding_amount: said(ask(amount)),
    },
  };
  const questions = [{ ...question, reason: "Said.", missing: null, evidence: [] }];
  const chapters = [{ id: "market", title: "Market", score: 3, questions }];
  return { extractions, template: { template: "general", chapters, score: 3 } };
};
async function finishAll(amount: number): Promise<void> {
  for (let wave = 0; wave < 4; wave += 1) {
    for (const worker of workers) {
      for (const lease of (await worker.lease(8)).leases) {
        await worker.settle(lease, doneOutcome(resultOf(lease.task, amount)));
      }
    }
  }
}
const amountPath = "extractions.funding_amount";
const correction = { path: amountPath, verdict: "corrected", value: ask(2_000_000), by: "ada" };

it("refuses what cannot be judged, each with its code", async () => {
  expectProblem(await review(correction), "REVIEW_TOO_EARLY");
  await finishAll(4_500_000);
  expectProblem(await review({ ...correction, path: "extractions.ebitda" }), "REVIEW_PATH_UNKNOWN");
  for (const value of [7, "2 million", { amount: 1, currency: "euro", round: null }, undefined]) {
    expectProblem(await review({ ...correction, value }), "REVIEW_VALUE_INVALID");
  }
  const answer = { path: "template.who", verdict: "corrected", value: "Insurers" };
  expectProblem(await review(answer), "REVIEW_VALUE_INVALID");
  expectProblem(await review({ path: amountPath, verdict: "withdrawn" }), "REVIEW_NONE");
  expectProblem(await review({ ...correction, generation: 9 }), "REVIEW_OUTDATED");
  expectProblem(await review({ ...correction, verdict: "praised" }), "BAD_REQUEST");
  expect((await call("reviews")).body.history).toEqual([]);
});

it("lays a verdict over a value and leaves the result as it was read", async () => {
  const before = (await call("results")).body;
  expect(await review({ ...correction, note: "slide 9 says two" })).toMatchObject({ status: 200 });
  await review({ path: "template.who", verdict: "flagged", note: "who else?" });
  await review({ path: claimPath, verdict: "verified" });
  await review({ path: "extractions.deck_date", verdict: "corrected", value: null });
  const { body } = await call("results");
  expect(documentResults.parse(body)).toEqual(body);
  expect(body.results).toEqual(before.results);
  expect(body.reviews).toHaveLength(4);
  const found = await items();
  expect(found.get(amountPath)).toMatchObject({
    ...{ type: "ask", kind: "field", grounded: true, read: ask(4_500_000) },
    review: {
      ...{ verdict: "corrected", reviewed: ask(2_000_000), seen: ask(4_500_000), stale: false },
      ...{ note: "slide 9 says two", by: "ada", generation: 1 },
    },
  });
  expect(found.get(claimPath)).toMatchObject({
    ...{ grounded: false, review: { verdict: "verified", by: "operator" } },
  });
  expect(found.get("extractions.deck_date")?.review).toMatchObject({
    ...{ verdict: "corrected", reviewed: null },
  });
  expect(found.get("extractions.startup_name")?.review).toBeNull();
});

it("tells each in the feed, without words of the document", async () => {
  const { body } = await call("events");
  const [told] = body.events.filter((one: { type: string }) => one.type === "review.corrected");
  expect(told).toMatchObject({ task: "extractions_and_template", document });
  expect(told.data).toEqual({ path: "extractions.deck_date", by: "operator" });
});

it("outlives a rerun, and is stale once another value is read", async () => {
  await call("rerun", {});
  expect((await call("results")).body.reviews).toHaveLength(4);
  await finishAll(4_500_000);
  expect((await items()).get(amountPath)?.review?.stale).toBe(false);
  await call("rerun", {});
  await finishAll(9_000_000);
  expect((await items()).get(amountPath)).toMatchObject({
    ...{ read: ask(9_000_000), review: { seen: ask(4_500_000), stale: true, generation: 1 } },
  });
  // A claim is known by its words, wherever it stands.
  expect((await items()).get(claimPath)?.review).toMatchObject({ stale: false });
  await call("rerun", {});
  await finishAll(2_000_000);
  expect((await items()).get(amountPath)?.review?.stale).toBe(false);
});

it("hands a corrected healthcare on to the analyses it decides about", async () => {
  const path = "extractions.healthcare";
  const seenBy = async (): Promise<boolean> => {
    await call("rerun", { from: "specialized_clinical" });
    const { leases } = (await workers[1]?.lease(8)) ?? { leases: [] };
    for (const one of leases) await workers[1]?.settle(one, doneOutcome(resultOf(one.task, 1)));
    return JSON.stringify(leases[0]?.upstream).includes('"is_healthcare":true');
  };
  const read = said({ is_healthcare: false, sector: null });
  await db.sql`update results set result = jsonb_set(result, '{extractions,healthcare}',
    ${db.sql.json(read as never)}) where result ? 'extractions'`;
  expect(await seenBy()).toBe(false);
  const value = { is_healthcare: true, sector: null };
  await review({ path, verdict: "corrected", value });
  expect(await seenBy()).toBe(true);
  await review({ path, verdict: "withdrawn" });
  expect(await seenBy()).toBe(false);
});

it("is taken back by one that says so, and kept in the history", async () => {
  await review({ path: amountPath, verdict: "withdrawn", by: "bob" });
  expect((await items()).get(amountPath)?.review).toBeNull();
  const { history } = documentReviews.parse((await call("reviews")).body);
  expect(history.map(({ verdict, by }) => `${verdict} ${by}`).slice(0, 2)).toEqual([
    ...["withdrawn bob", "withdrawn operator"],
  ]);
  expect(history).toHaveLength(7);
  await expect(db.sql`update reviews set made_by = 'eve'`).rejects.toThrow(
    "reviews are only added",
  );
});

it("goes with its document", async () => {
  await callApp(plane.app, "DELETE", `/api/documents/${document}`);
  expect(await db.sql`select 1 from reviews`).toHaveLength(0);
  expectProblem(await call("reviews"), "DOCUMENT_NOT_FOUND");
});
