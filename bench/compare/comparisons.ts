import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { prdPriceBook, verdaPriceBook } from "../../src/core/cost/price-books.ts";
import { prdColdStarts } from "../../src/sim/worlds/cold-starts.ts";
import { recordedColdStarts } from "../../src/sim/worlds/pinned-cold-starts.ts";
import { judgedAt } from "./contestants.ts";
import type { Comparison } from "./goals.ts";
import { arrivalBlind, boundsOf } from "./oracles.ts";
import { priceListOf, type Setting } from "./play.ts";
import { type Options, tournament } from "./tournament.ts";
import type { Traffic } from "./traffic.ts";

const priceLists = [prdPriceBook, verdaPriceBook].map(priceListOf);

/** Under both models of cold starts and both price books; the oracle, and traces that do not count, only under those of the request. */
export function comparisonsOf(traffic: Traffic, options: Options): readonly Comparison[] {
  const isShort = options.isQuick || !traffic.isPrimary;
  const models = isShort ? [prdColdStarts] : [prdColdStarts, recordedColdStarts];
  return models.flatMap((coldStarts) => {
    const setting: Setting = { traffic, coldStarts, priceLists };
    const isGoals = coldStarts === prdColdStarts && traffic.isPrimary;
    return tournament(setting, options).flatMap((results, list): Comparison[] => {
      const prices = priceLists[list];
      if (prices === undefined) return [];
      const { seeds } = options;
      const oracle = (waitPrice: number) => arrivalBlind(setting, { list, waitPrice, seeds });
      const asked = isGoals && list === 0 && !options.isQuick ? judgedAt : [];
      return [
        {
          ...{ traffic, prices, list, results, coldStarts: coldStarts.name },
          oracles: Object.fromEntries(asked.map((w) => [w, oracle(w)])),
          bounds: boundsOf(setting, { list, seeds, waitPrices: judgedAt }),
        },
      ];
    });
  });
}

/** All traces in their order; with more than one job, each in a process of its own. */
export async function compareAll(
  all: readonly Traffic[],
  options: Options,
  run: { readonly jobs: number; readonly onDone: (done: readonly Comparison[]) => void },
): Promise<readonly Comparison[]> {
  const found: (readonly Comparison[])[] = [];
  const waiting = [...all.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, traffic] = next;
      const done =
        run.jobs === 1 ? comparisonsOf(traffic, options) : await elsewhere(traffic, options);
      found[at] = done;
      run.onDone(done);
    }
  };
  await Promise.all(Array.from({ length: run.jobs }, work));
  return found.flat();
}

function elsewhere(traffic: Traffic, options: Options): Promise<readonly Comparison[]> {
  const file = fileURLToPath(new URL("./child.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    // Tallies hold maps and typed arrays, which JSON would lose.
    const child = fork(file, { serialization: "advanced" });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${traffic.name} ended with ${code}`)));
    child.once("message", (message) => resolve(message as readonly Comparison[]));
    child.send({ traffic, options });
  });
}
