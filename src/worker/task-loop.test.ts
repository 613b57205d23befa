import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlDouble } from "../../test/support/control-double.ts";
import { slideOf } from "../../test/support/slides.ts";
import { type LoopOptions, startLoop } from "../../test/support/worker-loop.ts";
import {
  gate,
  hanging,
  leaseOf,
  pagesOf,
  seeing,
  sha256,
} from "../../test/support/worker-parts.ts";
import type { Outcome } from "../contract/worker-protocol.ts";
import { AppError } from "../errors/app-error.ts";

const deck = pagesOf("Aurelia makes stents", "We ask for 4 million euros", "Founded in 2021");

let control: ControlDouble;
let workDir: string;
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  control = await new ControlDouble().start();
  control.documents.set(sha256(deck), deck);
  workDir = await mkdtemp(join(tmpdir(), "task-loop-"));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await control.stop();
  expect(await readdir(workDir)).toEqual([]);
  await rm(workDir, { recursive: true });
});

const loopOf = async (options: LoopOptions = {}) => {
  const { end, ...rest } = await startLoop(control, workDir, options);
  ends.push(end);
  return rest;
};

const settledAs = (lease: string): Promise<Outcome> =>
  control.until(() => control.settled.get(lease));

describe("a leased task", () => {
  it("is worked slide by slide, told as it goes, and settled with its result", async () => {
    const isTold = (slides: number): boolean =>
      control.progress.some(({ body }) => body.done === slides && body.total === 3);
    await loopOf({
      see: async (request) => {
        await control.until(() => isTold(request.slide - 1));
        return await seeing(request);
      },
    });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    const outcome = await settledAs(lease.id);
    expect(outcome).toMatchObject({ kind: "done", gaps: [], applicable: true, reason: null });
    const texts = deck.toString().split("\n");
    expect(outcome).toMatchObject({ result: { slides: texts.map((text) => ({ text })) } });
    expect(control.slides.map((put) => [put.slide, put.body.kind])).toEqual([
      [1, "visual_analysis"],
      [2, "visual_analysis"],
      [3, "visual_analysis"],
    ]);
  });

  it("goes on at the slide where an earlier attempt stopped", async () => {
    const { engine } = await loopOf();
    const finished = { 1: slideOf(1, "read before"), 2: { slide: "of another shape" } };
    const lease = leaseOf("visual_analysis", deck, { finished });
    control.give(lease);
    const outcome = await settledAs(lease.id);
    expect(engine.seen.map((request) => request.slide)).toEqual([2, 3]);
    expect(control.slides.map((put) => put.slide)).toEqual([2, 3]);
    expect(outcome).toMatchObject({ result: { slides: [{ text: "read before" }, {}, {}] } });
  });

  it("ends done with a gap where a page cannot be drawn", async () => {
    const broken = pagesOf("one", "broken", "three");
    control.documents.set(sha256(broken), broken);
    const { pdf } = await loopOf();
    const lease = leaseOf("slide_feedback", broken);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "done", gaps: [2] });
    expect(control.slides.find((put) => put.slide === 2)?.body).toEqual({
      kind: "failed",
      task: "slide_feedback",
      code: "RENDER_FAILED",
      detail: "Page 2.",
    });
    expect(pdf.drawn).toEqual([1, 2, 2, 3]);
  });

  it("fails with the code of the first slide when no slide could be read", async () => {
    const broken = pagesOf("broken", "broken");
    control.documents.set(sha256(broken), broken);
    await loopOf();
    const lease = leaseOf("visual_analysis", broken);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "failed", code: "RENDER_FAILED" });
  });

  it("fails at once, without gaps, when the model server is gone", async () => {
    const { engine } = await loopOf({
      see: async () => {
        throw new AppError("ENGINE_UNREACHABLE");
      },
    });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "failed", code: "ENGINE_UNREACHABLE" });
    expect(engine.seen).toHaveLength(1);
    expect(control.slides).toEqual([]);
  });

  it("fails when the bytes are not those of the document", async () => {
    await loopOf();
    const lease = leaseOf("visual_analysis", deck);
    lease.document.sha256 = "0".repeat(64);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ code: "DOCUMENT_UNAVAILABLE" });
  });

  it("fails with TASK_TIMEOUT at its deadline although the engine never returns", async () => {
    await loopOf({ see: () => new Promise(() => undefined) });
    const lease = leaseOf("visual_analysis", deck, { timeoutSeconds: 0.05 });
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "failed", code: "TASK_TIMEOUT" });
  });

  it("names its code when the pack asks for a step that does not exist", async () => {
    await loopOf();
    const lease = leaseOf("translate", deck);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "failed", code: "TASK_NOT_FOUND" });
  });
});

it("a lease of another shape fails alone, and the one beside it is worked", async () => {
  await loopOf();
  const odd = leaseOf("extractions_and_template", deck);
  Object.assign(odd, { handoff: { slides: [{ slide: "first", text: "a secret of the deck" }] } });
  const lease = leaseOf("visual_analysis", deck);
  control.give(odd, lease);
  const outcome = await settledAs(odd.id);
  expect(outcome).toMatchObject({ kind: "failed", code: "PROTOCOL_UNSUPPORTED" });
  expect(JSON.stringify(outcome)).not.toContain("secret");
  expect(await settledAs(lease.id)).toMatchObject({ kind: "done" });
});

describe("two tasks of one document", () => {
  it("share the file, the drawn pages and the pictures", async () => {
    const { pdf } = await loopOf();
    const [seen, reviewed] = [leaseOf("visual_analysis", deck), leaseOf("slide_feedback", deck)];
    control.give(seen, reviewed);
    await settledAs(seen.id);
    await settledAs(reviewed.id);
    expect(pdf.drawn).toEqual([1, 2, 3]);
    expect(control.pages.map((put) => put.page)).toEqual([1, 2, 3]);
    expect(pdf.open()).toBe(0);
  });
});

describe("settling", () => {
  it("travels with the next request for work and is flushed while another request waits", async () => {
    await loopOf({ slots: 2 });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    await settledAs(lease.id);
    expect(control.requests.map(({ capacity, settle }) => [capacity, settle.length])).toEqual([
      [2, 0],
      [1, 0],
      [1, 1],
    ]);
  });

  it("is repeated until the control plane has taken it", async () => {
    const { client } = await loopOf();
    const lease = leaseOf("visual_analysis", deck);
    await control.until(() => control.requests.length > 0);
    control.fail(/\/leases$/, "DATABASE_UNAVAILABLE", 2);
    control.fail(/\/leases$/, "reset");
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "done" });
    expect(client.identity()?.id).toBe("container-1");
  });
});

describe("a result that is refused", () => {
  it("ends its task as failed, so that the attempt counts, and the loop goes on", async () => {
    await loopOf({ slots: 1 });
    const [refused, next] = [leaseOf("visual_analysis", deck), leaseOf("slide_feedback", deck)];
    control.tooLarge.add(refused.id);
    control.give(refused, next);
    expect(await settledAs(refused.id)).toMatchObject({
      kind: "failed",
      code: "MODEL_OUTPUT_INVALID",
    });
    expect(await settledAs(next.id)).toMatchObject({ kind: "done" });
  });
});

describe("faults on the way", () => {
  it("a 500 once costs a repeat, not the task", async () => {
    await loopOf();
    control.fail(/\/slides\/2$/, "INTERNAL");
    control.fail(/\/documents\//, "INTERNAL");
    control.fail(/\/pages\/1$/, "reset");
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "done", gaps: [] });
  });

  it("a refused picture does not cost the slide's words", async () => {
    await loopOf();
    control.fail(/\/pages\/2$/, "BAD_REQUEST");
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "done", gaps: [] });
  });

  it("progress that cannot be told does not hold the work up", async () => {
    await loopOf();
    control.fail(/\/progress$/, "INTERNAL", 100);
    const lease = leaseOf("slide_feedback", deck);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "done" });
  });

  it("a container the control plane has forgotten registers again and goes on", async () => {
    const blocked = gate();
    await loopOf({
      see: async (request) => {
        if (request.slide === 2) await blocked.opened;
        return await seeing(request);
      },
    });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    await control.until(() => control.slides.length === 1);
    control.forget();
    blocked.open();
    expect(await settledAs(lease.id)).toMatchObject({ kind: "done" });
    expect(control.registrations).toHaveLength(2);
  });
});

describe("a lost lease", () => {
  it("ends the work when a write says so, and nothing is settled", async () => {
    const { held } = await loopOf();
    const lease = leaseOf("visual_analysis", deck);
    control.lost.add(lease.id);
    control.give(lease);
    await control.until(() => held.length === 2);
    expect(held).toEqual([[lease.id], []]);
    expect(control.settled.size).toBe(0);
    expect(control.slides).toEqual([]);
  });

  it("ends a hung task when the heartbeat says so", async () => {
    const { see, begun } = hanging();
    const { loop, held } = await loopOf({ see });
    const lease = leaseOf("visual_analysis", deck);
    control.give(lease);
    await begun;
    loop.lose([lease.id, "1-999"]);
    await control.until(() => held.length === 2);
    expect(held).toEqual([[lease.id], []]);
    expect(control.settled.size).toBe(0);
  });
});

describe("a text task", () => {
  it("takes the visual results from its lease", async () => {
    const { engine } = await loopOf();
    const handoff = { slides: [slideOf(1, "Aurelia makes stents")] };
    const lease = leaseOf("extractions_and_template", deck, { handoff });
    control.give(lease);
    const outcome = await settledAs(lease.id);
    expect(outcome).toMatchObject({
      kind: "done",
      result: {
        extractions: { startup_name: { value: "Tiny", evidence: [{ slide: 1, grounded: true }] } },
        template: { score: 4, chapters: [{ id: "one" }, { id: "two" }] },
      },
    });
    expect(engine.thought.map(({ ask }) => ask.kind)).toEqual([
      "extractions",
      "template",
      "template",
    ]);
    expect(control.progress[0]?.body).toEqual({ fraction: 0, done: 0, total: 3 });
  });

  it("asks the control plane when the lease brings none, and says HANDOFF_MISSING when nobody has any", async () => {
    await loopOf();
    const missing = leaseOf("specialized_clinical", deck);
    control.give(missing);
    expect(await settledAs(missing.id)).toMatchObject({ code: "HANDOFF_MISSING" });
    control.cached.set(sha256(deck), [slideOf(1, "Aurelia makes stents")]);
    const lease = leaseOf("specialized_clinical", deck);
    control.give(lease);
    expect(await settledAs(lease.id)).toMatchObject({ kind: "done", applicable: true });
  });
});
