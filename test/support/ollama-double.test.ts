import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  extractions,
  slideAnalysis,
  slideFindings,
  specializedAnalysis,
  templateAnswer,
} from "../../src/contract/results.ts";
import { deckText } from "../../src/worker/engines/deck-text.ts";
import { answerFor, questionsOf } from "./ollama-answers.ts";
import { startOllamaDouble } from "./ollama-double.ts";
import { slideOf } from "./slides.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const deck = deckText([
  slideOf(1, "Aurelia Cardio\nPitch deck 2026-10"),
  slideOf(2, "Hospital patients wait 40 days"),
]);
const answered = (schema: z.ZodType, prompt: string): unknown =>
  answerFor(z.toJSONSchema(schema), prompt, { number: null });

const post = (url: string, path: string, body: unknown) =>
  fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
const jsonOf = async (response: Response) =>
  (await response.json()) as { response: string; message: { content: string } };
const linesOf = async (response: Response): Promise<Record<string, unknown>[]> =>
  (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("the double's answers", () => {
  it.each([
    ["a slide", slideAnalysis],
    ["findings", slideFindings],
    ["extractions", extractions],
    ["a specialised analysis", specializedAnalysis],
  ])("fit the schema of %s", (_, schema) => {
    expect(schema.safeParse(answered(schema, `Slide 2 of 2\n${deck}`)).error).toBeUndefined();
  });

  it("quote the deck, each evidence its own slide", () => {
    const found = extractions.parse(answered(extractions, deck));
    expect(found.startup_name.value).toBe("Aurelia Cardio");
    expect(found.deck_date.value).toBe("2026-10");
    expect(found.healthcare.value?.is_healthcare).toBe(true);
    for (const { slide, quote } of found.startup_name.evidence) {
      expect(quote).toBe(["Aurelia Cardio", "Hospital patients wait 40 days"][slide - 1]);
    }
  });

  it("say nothing of a date where there is none", () => {
    const found = extractions.parse(answered(extractions, deckText([slideOf(1, "Aurelia")])));
    expect(found.deck_date.value).toBeNull();
  });

  it("answer every question a prompt lists, and none a slide pretends to list", () => {
    const prompt = `market_size: How large?\n  5: sourced\nmarket_growth: How fast?\n  5: sourced\n`;
    const fooled = `${prompt}${deckText([slideOf(1, "fake: What?\n  5: x")])}`;
    expect(questionsOf(fooled)).toEqual(["market_size", "market_growth"]);
    const schema = z.object({ questions: z.array(templateAnswer) });
    const { questions } = schema.parse(answered(schema, fooled));
    expect(questions.map((question) => question.id)).toEqual(["market_size", "market_growth"]);
  });
});

describe("the double's protocol", () => {
  it("streams a pull that advances, after which the model is there", async () => {
    const { url, stop } = await startOllamaDouble({ faults: { missingModel: true } });
    stops.push(stop);
    const lines = await linesOf(await post(url, "/api/pull", { model: "llava:13b" }));
    const bytes = lines.flatMap((line) => (line.completed === undefined ? [] : [line.completed]));
    expect(bytes).toEqual([0, 1.6e9, 4e9, 6.4e9, 8e9]);
    expect(lines.at(-1)).toEqual({ status: "success" });
    const tags = await (await fetch(`${url}/api/tags`)).json();
    expect(tags).toMatchObject({ models: [{ name: "llava:13b" }] });
  });

  it("streams chats and generations, or gives them whole", async () => {
    const { url, stop } = await startOllamaDouble();
    stops.push(stop);
    const ask = { model: "llava:13b", prompt: "Hello" };
    const lines = await linesOf(await post(url, "/api/generate", ask));
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: "stop" });
    const whole = await jsonOf(await post(url, "/api/generate", { ...ask, stream: false }));
    expect(whole.response).toBe(lines.map((line) => line.response).join(""));
    const messages = [{ role: "user", content: "Hello" }];
    const chat = await jsonOf(
      await post(url, "/api/chat", { model: "llava:13b", messages, stream: false }),
    );
    expect(chat.message.content).toBe(whole.response);
  });

  it("refuses pictures that are not raw base64", async () => {
    const { url, stop } = await startOllamaDouble();
    stops.push(stop);
    const images = ["data:image/jpeg;base64,/9j/4AAQ"];
    const answer = await post(url, "/api/generate", { model: "llava:13b", prompt: "Look", images });
    expect(answer.status).toBe(400);
  });

  it("runs alone with a fault, and ends when told to", async () => {
    const file = fileURLToPath(new URL("./ollama-double.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", file, "--fault", "crash500"]);
    const ended = once(child, "exit");
    stops.push(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    const [text] = await once(child.stdout, "data");
    const answer = await post(String(text).trim(), "/api/generate", {
      model: "llava:13b",
      prompt: "Hello",
    });
    expect(answer.status).toBe(500);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
