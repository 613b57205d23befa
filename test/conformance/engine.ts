import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SpecializedAnalysis } from "../../src/contract/results.ts";
import type { Engine, EngineProgress, ThinkRequest } from "../../src/worker/engines/engine.ts";
import { never, pictureQuestion } from "../support/ollama-engine.ts";
import { slideOf } from "../support/slides.ts";

export interface StartedEngine {
  readonly engine: Engine;
  stop(): Promise<void>;
}

export interface EngineSubject {
  /** A fresh engine, not loaded. */
  start(): Promise<StartedEngine>;
  /** It is constrained by the asked schema; the rules that are built in have shapes of their own. */
  readonly readsSchemas: boolean;
  /** It works on decks of any length without splitting them. */
  readonly isUnbounded: boolean;
}

const texts = [
  "Northwind Cardio\nPitch deck 2026-10",
  "Our trial\nIn a randomised trial of 212 patients sensitivity was 94 %.",
  "The ask\nWe raise EUR 2M for our seed round.",
];

/** Small bounds everywhere, so that even a model of nonsense ends inside them. */
const schema = {
  type: "object",
  additionalProperties: false,
  required: ["applicable", "claims", "missing", "score"],
  properties: {
    applicable: { type: "boolean" },
    claims: {
      type: "array",
      maxItems: 2,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["claim"],
        properties: { claim: { type: "string", maxLength: 24 } },
      },
    },
    missing: { type: "array", maxItems: 0, items: { type: "string", maxLength: 5 } },
    score: { anyOf: [{ type: "integer", enum: [1, 2, 3] }, { type: "null" }] },
  },
};

const question = (given: readonly string[] = texts): ThinkRequest => ({
  ask: { kind: "clinical" },
  slides: given.map((text, at) => slideOf(at + 1, text)),
  prompt: "List the claims.\n\n{{deck}}\n\nAnswer.",
  schema,
});

/** What every engine keeps, whoever reads behind it. */
export function engineConformance(name: string, subject: EngineSubject, skip = false): void {
  describe.skipIf(skip)(`an engine: ${name}`, { timeout: 120_000 }, () => {
    let started: StartedEngine;
    const steps: EngineProgress[] = [];
    beforeAll(async () => {
      started = await subject.start();
      await started.engine.load((step) => steps.push(step), never);
    });
    afterAll(() => started?.stop());

    it("proves itself before it is ready, and tells how far it is", async () => {
      expect(steps.at(-1)?.phase).toBe("canary");
      expect(await started.engine.healthy()).toMatchObject({ ok: true });
      expect(started.engine.slots).toBeGreaterThan(0);
    });

    it("answers with an object of the asked shape, and counts tokens or says that it cannot", async () => {
      const answer = await started.engine.think(question(), never);
      const value = answer.value as SpecializedAnalysis;
      expect(typeof value.applicable).toBe("boolean");
      expect(Array.isArray(value.claims)).toBe(true);
      if (subject.readsSchemas) {
        expect(Object.keys(value).sort()).toEqual([...schema.required].sort());
        expect(answer.calls).toBeGreaterThan(0);
        expect(answer.promptTokens).toBeGreaterThan(0);
        expect(answer.timings?.totalMs).toBeGreaterThanOrEqual(0);
      } else {
        expect([answer.promptTokens, answer.outputTokens]).toEqual([null, null]);
      }
    });

    it("gives the same answer to the same question, whoever else asks meanwhile", async () => {
      const { engine } = started;
      const alone = await engine.think(question(), never);
      const others = ["A tea shop\nWe sell tea.", "Other Ltd\nOur app counts steps."];
      const [, again] = await Promise.all([
        engine.think(question(others), never),
        engine.think(question(), never),
        engine.think(question(others.toReversed()), never),
      ]);
      expect(again.value).toEqual(alone.value);
    });

    it("reads a deck far longer than a call, and drops none of it in silence", async () => {
      const long = Array.from(
        { length: 4 },
        (_, at) => `Slide ${at}\n${"Plain words. ".repeat(42)}`,
      );
      const answer = await started.engine.think(question(long), never);
      expect(answer.value).toBeTypeOf("object");
      if (!subject.isUnbounded) expect(answer.calls).toBeGreaterThan(1);
    });

    it("ends a call with the reason of its signal", async () => {
      const given = new AbortController();
      given.abort(new Error("lease lost"));
      await expect(started.engine.think(question(), given.signal)).rejects.toThrow("lease lost");
      await expect(started.engine.see(pictureQuestion(), given.signal)).rejects.toThrow();
    });

    it("takes nothing after it was closed, and may be closed again", async () => {
      const { engine, stop } = await subject.start();
      await engine.load(() => undefined, never);
      await engine.close();
      await engine.close();
      await expect(engine.think(question(), never)).rejects.toMatchObject({ code: "DRAINING" });
      await stop();
    });
  });
}
