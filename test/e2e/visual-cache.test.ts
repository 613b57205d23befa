import { expect, it } from "vitest";
import { smallDeck } from "../support/decks.ts";
import type { RunningStack } from "../support/product.ts";
import { withStack } from "../support/stack.ts";

const quickEnd = {
  vision_container_scaling: { scale_down_delay: "1s" },
  text_container_scaling: { scale_down_delay: "1s" },
};

const startsOf = ({ api }: RunningStack, pool: string): number =>
  api.heard.filter(({ type, data }) => type === "replica.requested" && data.pool === pool).length;

const work = async ({ api }: RunningStack, deck: Buffer) => {
  const { document } = await api.upload(deck, "deck.pdf");
  const { pipeline, id } = await api.ended(document?.id ?? "");
  expect(pipeline.state).toBe("done");
  const { results } = await api.results(id);
  return { id, results };
};

const atNone = ({ api }: RunningStack): Promise<boolean> =>
  api.until("no replica left", async () => {
    return (await api.fleet()).replicas.length === 0 || undefined;
  });

it("reads a deck once: the second time no vision container is started", async () => {
  const left = await withStack({ overrides: quickEnd }, async (stack) => {
    const deck = await smallDeck("Velmora");
    const first = await work(stack, deck);
    await atNone(stack);
    expect(startsOf(stack, "vision")).toBe(1);
    const second = await work(stack, deck);
    expect(second.id).not.toBe(first.id);
    expect(second.results).toEqual(first.results);
    await atNone(stack);
    expect({ vision: startsOf(stack, "vision"), text: startsOf(stack, "text") }).toEqual({
      vision: 1,
      text: 2,
    });
    // Another deck is read.
    await work(stack, await smallDeck("Tessivo"));
    expect(startsOf(stack, "vision")).toBe(2);
  });
  expect(left).toEqual([]);
});
