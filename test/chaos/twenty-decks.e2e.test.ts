import { expect, it } from "vitest";
import { smallDeck } from "../support/decks.ts";
import type { RunningStack } from "../support/product.ts";
import { withStack } from "../support/stack.ts";

const decks = 20;
const heads = ["Bar", "Cel", "Dor", "Fen"];
const tails = ["mona", "tavo", "lixa", "ruda", "quin"];
const companies = heads.flatMap((head) => tails.map((tail) => `${head}${tail}`));
const most = { vision: 2, text: 3 } as const;
type Pool = keyof typeof most;
const pools: readonly Pool[] = ["vision", "text"];

/** The most replicas of each pool ever seen, by the API and by the processes themselves. */
function watchFleet({ api, containers }: RunningStack) {
  const peak = { vision: 0, text: 0 };
  const note = (pool: string, count: number): void => {
    if (pool === "vision" || pool === "text") peak[pool] = Math.max(peak[pool], count);
  };
  return {
    peak,
    async look(): Promise<void> {
      const { replicas } = await api.fleet();
      for (const pool of pools) {
        note(pool, replicas.filter((one) => one.pool === pool).length);
        note(pool, new Set(containers(pool).map(({ replica }) => replica)).size);
      }
    },
  };
}

it("finishes twenty decks that come at once, never above its replicas, and ends with none", async () => {
  const overrides = {
    vision_container_scaling: { scale_down_delay: "3s" },
    text_container_scaling: { scale_down_delay: "4s" },
  };
  const left = await withStack({ overrides }, async (stack) => {
    const { api } = stack;
    const fleet = watchFleet(stack);
    const files = await Promise.all(
      companies.map((company, index) => smallDeck(company, 3 + (index % 2))),
    );
    const answers = await Promise.all(
      files.map((bytes, index) => api.upload(bytes, `${companies[index]}.pdf`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(files.map(() => 202));

    const ended = await api.until("the end of all decks", async () => {
      await fleet.look();
      const { documents } = await api.documents();
      return documents.every(({ pipeline }) => pipeline.finishedAt !== null)
        ? documents
        : undefined;
    });
    expect(ended.map(({ pipeline }) => pipeline.state)).toEqual(files.map(() => "done"));
    // Each with its own results: no deck took another's name.
    expect(new Set(ended.map(({ sha256 }) => sha256)).size).toBe(decks);
    for (const { name, company } of ended) expect(`${company}.pdf`).toBe(name);

    await api.until("both pools at none", async () => {
      await fleet.look();
      return (await api.fleet()).replicas.length === 0 || undefined;
    });
    expect(pools.flatMap((pool) => stack.containers(pool))).toEqual([]);
    for (const pool of pools) {
      expect(fleet.peak[pool]).toBeGreaterThanOrEqual(1);
      expect(fleet.peak[pool]).toBeLessThanOrEqual(most[pool]);
      const requested = api.heard
        .filter(({ type, data }) => type === "replica.requested" && data.pool === pool)
        .map(({ data }) => Number(String(data.replica).split("-")[1]));
      expect(Math.max(...requested)).toBeLessThanOrEqual(most[pool]);
    }
    // The load was worth a second vision container.
    expect(fleet.peak.vision).toBe(2);
  });
  expect(left).toEqual([]);
});
