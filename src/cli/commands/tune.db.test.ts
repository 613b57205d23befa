import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, createControlPlane } from "../../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { submit } from "../../../test/support/queue.ts";
import { testTunerFacts } from "../../../test/support/test-fleet.ts";
import { readPolicyProposal } from "../../db/policy-versions.ts";
import { systemClock } from "../../lib/clock.ts";
import { seededRandom } from "../../lib/random.ts";
import { createNightlyTuner } from "../../services/nightly-tuner.ts";
import type { Person } from "../confirm.ts";
import type { Context } from "../context.ts";
import { type TuneOptions, tune } from "./tune.ts";

let db: TestDatabase;
let plane: ControlPlane;
let url = "";
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  url = await plane.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});

const documents = 55;
/** Dozens of simulations on a machine that may have other work. */
const slow = { timeout: 180_000 };

/** Uploads of the last two days, in bursts, as a recording would have them. */
async function record(): Promise<void> {
  const random = seededRandom(3);
  for (let n = 0; n < documents; n += 1) {
    const { id } = await submit(db.sql, "pitch-deck");
    const minutes = Math.floor(n / 5) * 190 + 12 * random.next();
    await db.sql`
      update pipelines set created_at = pl_now() - interval '2 days' + ${minutes}::float8 * interval '1 minute' where id = ${id}`;
  }
}

const person = (answer: boolean) => {
  const questions: string[] = [];
  const confirm = async (question: string) => {
    questions.push(question);
    return answer;
  };
  return { questions, isThere: true, confirm } satisfies Person & { questions: string[] };
};

async function run(own: Partial<TuneOptions>, by: Person = person(false), json = false) {
  const lines: string[] = [];
  const objects: Record<string, unknown>[] = [];
  const style = { colors: { dim: String, bold: String }, unicode: true };
  const output = {
    ...{ json, style, quiet: true, stderrIsTty: false, stdoutIsTty: false },
    data: (text: string) => lines.push(text),
    say: (line: string) => lines.push(line),
    object: (type: string, value: object) => objects.push({ type, ...value }),
    raw: () => undefined,
    setLive: () => undefined,
  };
  const interrupt = { signal: new AbortController().signal };
  const flags = { url, utc: true, progress: "auto" };
  const context = { output, interrupt, flags, env: {}, clock: systemClock } as unknown as Context;
  const code = await tune(context, { since: "30d", limit: "20", ...own }, by);
  return { code, text: lines.join("\n"), objects };
}

it("says plainly that there is too little to learn from, and lets nothing in", async () => {
  const { code, text } = await run({});
  expect(code).toBe(0);
  expect(text).toContain("0 documents are too few, 50 are needed");
  expect((await run({ apply: true, yes: true })).code).toBe(9);
  expect((await run({ history: true })).text).toContain("No version was let in");
});

it("writes down at night what it found, once", async () => {
  const options = { facts: testTunerFacts, hour: 0, days: 30, everyMs: 600_000 };
  for (let night = 0; night < 2; night += 1) {
    const nightly = createNightlyTuner(plane.context, options);
    await nightly.start();
    await nightly.stop();
  }
  const rows = await db.sql`select sentence from policy_proposals`;
  expect(rows).toHaveLength(1);
  expect((await readPolicyProposal(db.sql))?.sentence).toContain("0 documents are too few");
  expect((await run({ history: true })).text).toContain("Last nightly proposal");
});

it("replays what was recorded, and tells what it found with its figures", slow, async () => {
  await record();
  const { code, objects } = await run({}, undefined, true);
  expect(code).toBe(0);
  expect(objects).toHaveLength(1);
  expect(objects[0]).toMatchObject({
    ...{ type: "tune", documents, version: null, applied: null },
    current: { policy: "reference", settings: {} },
  });
  expect(objects[0]?.assumed).toContain("cold starts of vision");
  const proposal = objects[0]?.proposal as { kind: string; predicted?: { p95Seconds: object } };
  expect(["keep", "propose", "refused"]).toContain(proposal.kind);
  if (proposal.predicted === undefined) return;
  expect(proposal.predicted.p95Seconds).toEqual({
    ...{ before: expect.any(Number), after: expect.any(Number) },
    ...{ low: expect.any(Number), high: expect.any(Number) },
  });
});

const apply = (body: object) =>
  plane.app.inject({ method: "POST", url: "/api/scaling/versions", payload: body });

it("lets in what is sound, and refuses what is not, breaks an objective or comes late", async () => {
  const policy = "just-in-time:wait-price=9";
  const change = (after: number) => ({ before: 1, after, low: -1, high: 0 });
  const predicted = {
    ...{ usdPerDocument: change(0.5), p95Seconds: change(400), onTime: change(0.95) },
    documents: 40,
  };
  const settings = { text_container_scaling: { max_replicas: 2 } };
  const good = await apply({ policy, settings, predicted, seen: null });
  expect(good.json()).toMatchObject({ version: 1, policy, settings, predicted, previous: null });
  const late = await apply({ policy, seen: null });
  expect([late.statusCode, late.json().code]).toEqual([409, "POLICY_CHANGED"]);
  for (const [own, code] of [
    [{ policy: "fortune-teller" }, "POLICY_INVALID"],
    [{ policy, settings: { text_container_scaling: { max_replicas: 0 } } }, "BAD_REQUEST"],
    [{ policy, settings: { port: 1 } }, "BAD_REQUEST"],
    [{ policy, predicted: { ...predicted, p95Seconds: change(901) } }, "PROPOSAL_BREAKS_OBJECTIVE"],
    [{ policy, predicted: { ...predicted, onTime: change(0.89) } }, "PROPOSAL_BREAKS_OBJECTIVE"],
  ] as const) {
    expect((await apply({ seen: 1, ...own })).json().code).toBe(code);
  }
  expect((await run({ history: true })).text).toMatch(
    /^1 .*operator +just-in-time:wait-price=9, text up to 2$/m,
  );
});

it("goes back to an older version, or to the configuration, after a yes", async () => {
  const no = person(false);
  expect((await run({ revert: "0" }, no)).code).toBe(9);
  expect(no.questions).toEqual(["Go back to what the configuration says?"]);
  const { objects: declined } = await run({ revert: "0" }, no, true);
  expect(declined).toEqual([{ type: "version", changed: false }]);
  expect((await run({ revert: "0" }, person(true))).text).toContain("Version 2 counts");
  expect((await run({ revert: "1", yes: true })).text).toContain("Version 3 counts");
  await expect(run({ revert: "9", yes: true })).rejects.toMatchObject({
    code: "POLICY_VERSION_NOT_FOUND",
  });
  const { objects } = await run({ history: true }, undefined, true);
  expect(objects[0]).toMatchObject({
    configured: "reference",
    versions: [
      { version: 3, policy: "just-in-time:wait-price=9", reverts: 1, previous: 2 },
      { version: 2, policy: null, reverts: null, previous: 1 },
      { version: 1 },
    ],
  });
  const counts = await plane.app.inject({ method: "GET", url: "/api/scaling/history?days=7" });
  expect(counts.json()).toMatchObject({
    documents,
    version: 3,
    current: { policy: "just-in-time:wait-price=9" },
  });
});

it("asks before it changes anything, and not at all where nobody can answer", async () => {
  const nobody: Person = { isThere: false, confirm: () => Promise.reject(new Error("asked")) };
  for (const own of [{ apply: true }, { revert: "1" }]) {
    await expect(run(own, nobody)).rejects.toMatchObject({ code: "USAGE" });
  }
  for (const own of [{ since: "soon" }, { revert: "last" }, { apply: true, history: true }]) {
    await expect(run(own)).rejects.toMatchObject({ code: "USAGE" });
  }
});
