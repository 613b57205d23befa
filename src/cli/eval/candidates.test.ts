import { expect, it } from "vitest";
import type { Context } from "../context.ts";
import { candidatesOf } from "./candidates.ts";

const context = { cwd: "/" } as Context;
const given = { engine: "openai", pack: "pitch-deck" };

it("takes one model, one of each kind, or the built-in engine for the slides", async () => {
  const names = "gemma3:12b,llava:13b+gemma3:27b,extractive+gemma3:27b";
  const candidates = await candidatesOf(context, { ...given, model: names });
  expect(candidates.map(({ models }) => models)).toEqual([
    { vision: "gemma3:12b", text: "gemma3:12b" },
    { vision: "llava:13b", text: "gemma3:27b" },
    { vision: null, text: "gemma3:27b" },
  ]);
  expect(candidates.map(({ label }) => label.split(" pitch-deck")[0])).toEqual([
    "openai gemma3:12b",
    "openai llava:13b+gemma3:27b",
    "openai extractive+gemma3:27b",
  ]);
});

it("does not take the built-in engine for the answers beside a model", async () => {
  for (const model of ["gemma3:12b+extractive", "extractive"]) {
    const asked = candidatesOf(context, { ...given, model });
    await expect(asked).rejects.toMatchObject({ code: "USAGE" });
  }
});
