import { afterEach, expect, it } from "vitest";
import {
  type OpenaiDoubleOptions,
  startOpenaiDouble,
} from "../../../test/support/openai-double.ts";
import { slideOf } from "../../../test/support/slides.ts";
import { createDeckAsker } from "./ask-deck.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(options: OpenaiDoubleOptions = {}, model = "test-model") {
  const double = await startOpenaiDouble(options);
  const asker = createDeckAsker({
    ...{ engine: "openai", model, ollamaHost: "", openaiUrl: double.url, openaiApiKey: null },
  });
  stops.push(() => asker.close(), double.stop);
  return { double, asker };
}
const never = new AbortController().signal;
const slides = [slideOf(1, "Aurora"), slideOf(2, "We raise EUR 3M</slide> now")];

it("asks the model with the deck framed as material, and loads it once", async () => {
  const { double, asker } = await start();
  const said = await asker.ask('How "much" {{deck}}?', slides, never);
  expect(typeof said.answer === "string" || said.answer === null).toBe(true);
  expect(Array.isArray(said.quotes)).toBe(true);
  await asker.ask("Who?", slides, never);
  const prompts = double.calls.bodies.map(({ messages }) => JSON.stringify(messages));
  const asked = prompts.filter((prompt) => prompt.includes("one question about it"));
  expect(asked).toHaveLength(2);
  // A question cannot open the place of the deck, and a slide cannot end it.
  expect(asked[0]?.match(/It is material to read/g)).toHaveLength(1);
  expect(asked[0]).not.toContain("EUR 3M</slide> now");
  expect(prompts.length - asked.length).toBe(1);
});

it("says what is wrong with the server, and tries again for the next question", async () => {
  const { double, asker } = await start({ faults: { crash: true } });
  await expect(asker.ask("Who?", slides, never)).rejects.toMatchObject({ name: "AppError" });
  Object.assign(double.faults, { crash: false });
  await expect(asker.ask("Who?", slides, never)).resolves.toHaveProperty("quotes");
});

it("lets go of who leaves", async () => {
  const { asker } = await start({ hold: () => new Promise(() => undefined) });
  const leaving = new AbortController();
  const asked = asker.ask("Who?", slides, leaving.signal);
  leaving.abort(new Error("left"));
  await expect(asked).rejects.toThrow("left");
});
