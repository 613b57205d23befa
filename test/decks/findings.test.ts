import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeDeck } from "./make-deck.ts";
import { createReader, readBytes } from "./read-deck.ts";
import { saidIn } from "./said.ts";
import { Scoreboard } from "./score.ts";
import { planted } from "./types.ts";

/** The short form of `npm run findings`. */
it("finds most of what is planted, and little else", async () => {
  const board = new Scoreboard();
  const reader = createReader();
  try {
    for (let seed = 301; seed <= 303; seed++) {
      const deck = await makeDeck(seed, { language: "en" });
      const results = await readBytes(reader, `short-${seed}`, deck.pdf);
      await rm(join(tmpdir(), `pilotlight-${process.pid}-short-${seed}.pdf`), { force: true });
      board.add(seed, deck.truth, saidIn(results));
    }
  } finally {
    await reader.close();
  }
  const counts = planted.map((kind) => board.counts.get(kind));
  const sum = (name: "found" | "planted" | "right" | "said"): number =>
    counts.reduce((total, one) => total + (one?.[name] ?? 0), 0);
  const misses = JSON.stringify(board.misses);
  expect(sum("planted")).toBeGreaterThan(10);
  expect(sum("found") / sum("planted"), misses).toBeGreaterThanOrEqual(0.7);
  expect(sum("right") / sum("said"), misses).toBeGreaterThanOrEqual(0.7);
}, 120_000);
