import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { example } from "../support/product.ts";
import { withStack } from "../support/stack.ts";

const decks = ["aurelia-cardio.pdf", "loopfreight.pdf", "tessera-pictures.pdf"];

it("starts, keeps and stops what three decks need, just in time, and says why", async () => {
  // A wait that is worth little: what is idle goes soon.
  const overrides = { autoscaler: { policy: "just-in-time:wait-price=0.01,warm-pool=off" } };
  const left = await withStack({ overrides }, async ({ api }) => {
    for (const name of decks) await api.upload(await readFile(example(name)), name);
    const ended = await api.until("the end of all decks", async () => {
      const { documents } = await api.documents();
      return documents.every(({ pipeline }) => pipeline.finishedAt !== null)
        ? documents
        : undefined;
    });
    expect(ended.map(({ pipeline }) => pipeline.state)).toEqual(decks.map(() => "done"));
    await api.until("both pools at none", async () => {
      return (await api.fleet()).replicas.length === 0 || undefined;
    });
    const { policy, decisions } = await api.fleet();
    expect(policy).toBe(overrides.autoscaler.policy);
    const own = decisions.filter((one) => one.policy === policy);
    for (const pool of ["vision", "text"]) {
      for (const action of ["start", "stop"]) {
        const said = own.filter((one) => one.pool === pool && one.action === action);
        expect(said.length, `${action} ${pool}`).toBeGreaterThanOrEqual(1);
      }
    }
    for (const { sentence, alternative, inputs, version, tick } of own) {
      expect(sentence).toMatch(/\d/);
      expect(alternative).not.toBe("");
      expect(Object.keys(inputs).length).toBeGreaterThan(5);
      expect([version, tick]).toEqual([own[0]?.version, expect.any(Number)]);
    }
  });
  expect(left).toEqual([]);
});
