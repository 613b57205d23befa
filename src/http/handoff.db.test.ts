import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ControlPlane,
  createControlPlane,
  doneOutcome,
  registerWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { submit } from "../../test/support/queue.ts";
import { slideOf } from "../../test/support/slides.ts";

let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const analysis = (slide: number) => slideOf(slide, `Slide ${slide}`);

describe("a lease", () => {
  it("hands visual results to the text container, and text results on", async () => {
    const [vision, text] = [
      await registerWorker(plane.app),
      await registerWorker(plane.app, { pool: "text" }),
    ];
    await submit(db.sql, "pitch-deck");
    const slides = [analysis(1), analysis(2)];
    for (const lease of (await vision.lease(2)).leases)
      await vision.settle(lease, doneOutcome({ slides }));
    const [extract] = (await text.lease(8)).leases;
    expect(extract).toMatchObject({
      task: "extractions_and_template",
      handoff: { slides },
      upstream: {},
    });
    const result = {
      extractions: Object.fromEntries(
        ["startup_name", "company_offering", "healthcare", "funding_amount", "deck_date"].map(
          (name) => [name, { value: null, confidence: 0, evidence: [], note: null, conflicts: [] }],
        ),
      ),
      template: { template: "general", chapters: [], score: null },
    };
    // Settling one and leasing the next is one call.
    const settle = [{ lease: extract!.id, outcome: doneOutcome(result) }];
    const next = await text.lease(8, settle);
    expect(next.settled).toEqual([{ lease: extract!.id, accepted: true, code: null }]);
    expect(next.leases.map((lease) => lease.task).sort()).toEqual([
      "specialized_clinical",
      "specialized_regulatory",
      "specialized_science",
    ]);
    expect(next.leases[0]).toMatchObject({
      handoff: { slides },
      upstream: { extractions_and_template: result },
    });
  });

  it("leaves visual results that are large to be asked for, by the lease alone", async () => {
    const vision = await registerWorker(plane.app, { pool: "vision" });
    const text = await registerWorker(plane.app, { pool: "text" });
    await submit(db.sql, "pitch-deck");
    const slides = [{ ...analysis(1), text: "a long slide ".repeat(100_000) }];
    for (const lease of (await vision.lease(2)).leases)
      await vision.settle(lease, doneOutcome({ slides }));
    const [extract] = (await text.lease(1)).leases;
    expect(extract).toMatchObject({ task: "extractions_and_template", handoff: null });
    const url = `/api/cache/visual-analysis?document=${extract!.document.sha256}&lease=${extract!.id}`;
    const { status, body } = await text.call("GET", url);
    expect(status).toBe(200);
    expect(body.slides).toEqual(slides);
    expect((await vision.call("GET", url)).body).toMatchObject({ code: "LEASE_LOST" });
    await text.settle(extract!, { kind: "released" });
    expect((await text.call("GET", url)).body).toMatchObject({ code: "LEASE_LOST" });
  });
});
