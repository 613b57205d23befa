import { expect, it } from "vitest";
import { deckQuestion, never, startReady } from "../../test/support/ollama-engine.ts";
import { createExtractiveEngine } from "./engines/extractive/engine.ts";
import { metered } from "./metered.ts";

it("counts calls, tokens and time of one attempt, and nothing where rules read", async () => {
  const { engine, stop } = await startReady({}, {}, { sees: false });
  const one = metered(engine);
  const other = metered(engine);
  expect(one.usage()).toBeNull();
  const answers = [
    await one.engine.think(deckQuestion(["Patients wait."]), never),
    await one.engine.think(deckQuestion(["Patients wait."]), never),
  ];
  expect(one.usage()).toEqual({
    calls: 2,
    promptTokens: 2 * (answers[0]?.promptTokens ?? 0),
    outputTokens: 2 * (answers[0]?.outputTokens ?? 0),
    seconds: 0.06,
  });
  expect(other.usage()).toBeNull();
  await stop();
  const rules = createExtractiveEngine();
  const none = metered(rules);
  await none.engine.think(deckQuestion(["Patients wait."]), never);
  expect(none.usage()).toBeNull();
  await rules.close();
});
