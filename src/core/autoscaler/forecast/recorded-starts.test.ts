import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { seededRandom } from "../../../lib/random.ts";
import { emptyStarts, learnStart, sampleStarts, startMeanMs } from "./cold-start.ts";

/** Loads of models as somebody recorded them: of two kinds, with little between. Not ours to ship. */
const file = fileURLToPath(
  new URL("../../../../../shared/data/traces/coldload_base_model_s.csv", import.meta.url),
);
const isPresent = existsSync(file);

it.skipIf(!isPresent)(
  `holds on recorded loads of models, from their beginning and half a minute in${isPresent ? "" : ` (skipped: no ${file})`}`,
  () => {
    const recorded = readFileSync(file, "utf8").trim().split("\n").slice(1).map(Number);
    const random = seededRandom(6);
    const draws = new Float64Array(128);
    const covered = (state: ReturnType<typeof emptyStarts>, elapsedMs: number, tookMs: number) => {
      sampleStarts(state, elapsedMs, null, random, draws);
      draws.sort();
      return [12, 63, 115].map((place) => Number(tookMs - elapsedMs <= (draws[place] ?? 0)));
    };
    const whole = { n: 0, hits: [0, 0, 0] };
    const late = { n: 0, hits: [0, 0, 0] };
    let state = emptyStarts(240_000);
    let meanMs = 0;
    let actualMs = 0;
    for (let i = 0; i < 3_000; i += 1) {
      const tookMs = 1_000 * (recorded[Math.floor(random.next() * recorded.length)] ?? 0);
      if (i >= 100) {
        meanMs += startMeanMs(state, null);
        actualMs += tookMs;
        whole.n += 1;
        covered(state, 0, tookMs).forEach((hit, at) => {
          whole.hits[at] = (whole.hits[at] ?? 0) + hit;
        });
        if (tookMs > 30_000) {
          late.n += 1;
          covered(state, 30_000, tookMs).forEach((hit, at) => {
            late.hits[at] = (late.hits[at] ?? 0) + hit;
          });
        }
      }
      state = learnStart(state, { how: "ready", tookMs, offMs: null });
    }
    const shares = ({ n, hits }: typeof whole) => hits.map((count) => count / n);
    // The prior takes starts for far longer than these, so what errs does so on the long side.
    for (const [at, level] of [0.1, 0.5, 0.9].entries()) {
      expect(shares(whole)[at]).toBeGreaterThan(level - 0.02);
      expect(shares(whole)[at]).toBeLessThan(level + 0.06);
      expect(shares(late)[at]).toBeGreaterThan(level - 0.04);
      expect(shares(late)[at]).toBeLessThan(level + 0.1);
    }
    expect(meanMs / actualMs).toBeLessThan(1.3);
    expect(meanMs / actualMs).toBeGreaterThan(0.95);
  },
);
