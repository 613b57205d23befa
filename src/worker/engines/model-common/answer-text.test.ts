import { describe, expect, it } from "vitest";
import { parseAnswer } from "./answer-text.ts";
import { isBlind } from "./faults.ts";

describe("the object in what a model wrote", () => {
  it.each([
    ['{"a": 1}'],
    ['  \n{"a": 1}\n'],
    ['```json\n{"a": 1}\n```'],
    ['Here you are: {"a": 1} That is all.'],
    ['<think>{"a": 2} or so</think>{"a": 1}'],
    ['It could be {"a": 2}.\n</think>\n```\n{"a": 1}\n```'],
    ['[THINK]Well[/THINK]{"a": 1}'],
    ['<think>one</think><think>two</think>\n\n{"a": 1}'],
  ])("is found in %j", (text) => {
    expect(parseAnswer(text)).toEqual({ a: 1 });
  });

  it("may quote the end of a thought", () => {
    expect(parseAnswer('{"a": "they write </think> here"}')).toEqual({
      a: "they write </think> here",
    });
  });

  it.each(["", "<think>still at it", '{"a": 1', '{"a": 1} or {"a": 2}'])("is not in %j", (text) => {
    expect(() => parseAnswer(text)).toThrow(/not JSON/);
  });
});

describe("a server that takes no pictures", () => {
  it.each([
    "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
    "At most 0 image(s) may be provided in one prompt.",
    "google/gemma-3-1b-it is not a multimodal model",
    "this model is missing data required for image input",
    "Model does not support images. Please use a model that does.",
    "Invalid content type. image_url is only supported by certain models.",
    "No endpoints found that support image input",
  ])("says so: %s", (said) => expect(isBlind(said)).toBe(true));

  it.each([
    "cannot identify image file",
    "model 'llama3.2-vision:11b' not found",
    "The model Qwen/Qwen3-VL-8B does not support tools",
    "Llama-3.2-11B-Vision-Instruct is not supported in this region",
  ])("is not meant by: %s", (said) => expect(isBlind(said)).toBe(false));
});
