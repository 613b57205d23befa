import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { papers } from "./make-papers.ts";

it.each(Object.entries(papers))("%s is what the script writes", async (file, make) => {
  expect(readFileSync(new URL(file, import.meta.url)).equals(await make())).toBe(true);
});
