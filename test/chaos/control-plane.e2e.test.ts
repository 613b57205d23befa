import { createServer } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sampleDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import { startStack } from "../support/product.ts";
import { everySlideOnce, slidesDone, slidesRead } from "../support/slides-done.ts";

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

it("goes on where it was after kill -9 of the control plane, and leaves nothing of the old one", async () => {
  const first = await startStack(home);
  const { document } = await first.api.upload(await sampleDeck("tessera-pictures.pdf"), "t.pdf");
  const id = document?.id ?? "";
  await first.api.until("three slides", () => slidesDone(first.api.heard, id) >= 3 || undefined);
  const before = slidesDone(first.api.heard, id);
  await first.kill();
  // Containers, PDF readers and the database notice by themselves that it is gone.
  expect((await home.leftovers()).filter((line) => line.startsWith("process"))).toEqual([]);

  const second = await startStack(home);
  const seen = await second.api.document(id);
  expect(seen.pipeline.state).toBe("active");
  expect(slidesRead(await second.api.events(id)).length).toBeGreaterThanOrEqual(before);
  const ended = await second.api.ended(id);
  expect(ended.pipeline).toMatchObject({ state: "done", generation: 1, failure: null });
  const events = await second.api.events(id);
  expect(slidesRead(events)).toEqual(everySlideOnce(ended.pages));
  expect(events.filter(({ type }) => type === "task.delayed").map(({ data }) => data.code)).toEqual(
    ["CONTAINER_LOST", "CONTAINER_LOST"],
  );
  await second.stop();
  expect(await home.leftovers()).toEqual([]);
});

it("takes another port when the wanted one is somebody else's, and says so", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    const stack = await startStack(home, { overrides: { port } });
    try {
      expect(new URL(stack.url).port).not.toBe(String(port));
      expect(stack.said()).toContain(`Port ${port} is taken; listening on`);
      expect((await fetch(`${stack.url}/api/health`)).status).toBe(200);
    } finally {
      await stack.stop();
    }
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
  expect(await home.leftovers()).toEqual([]);
});
