import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { manualClock } from "../lib/clock.ts";
import { completionIds } from "./completion-ids.ts";
import type { Context } from "./context.ts";

it("offers of what a server says only words that a shell takes for nothing else", async () => {
  const home = await mkdtemp(join(tmpdir(), "pilotlight-ids-"));
  const ids = ["d_7K2", "$(touch x)", "`x`", "a b", "--yes", "d;x", "", "vision-1.3f:9", "d_9\nx"];
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ documents: ids.map((id) => ({ id })), nextCursor: null }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const base = { flags: { url }, env: { HOME: home }, clock: manualClock(0), cwd: home };
  try {
    const found = await completionIds(base as unknown as Context, ["documents"]);
    expect(found.get("documents")).toEqual(["d_7K2", "vision-1.3f:9"]);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(home, { recursive: true, force: true });
  }
});
