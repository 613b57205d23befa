import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Context } from "../context.ts";
import { writeCredentials } from "../credentials.ts";
import { authStatus } from "./auth.ts";

it("shows a server that is named no key of this checkout's own configuration", async () => {
  const home = await mkdtemp(join(tmpdir(), "pilotlight-auth-"));
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ documents: [], nextCursor: null }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { HOME: home, PILOTLIGHT_HOME: home, PILOTLIGHT_API_KEYS: "a-key-of-this-checkout" };
  const output = { json: true, object: () => undefined };
  const status = (flags: object) => {
    const interrupt = { signal: new AbortController().signal };
    return authStatus({ output, interrupt, flags, env, cwd: home } as unknown as Context);
  };
  try {
    await status({ url });
    await writeCredentials(env, { work: { url, token: "a-key-of-that-server" } });
    await status({ url });
    await status({ profile: "work" });
    expect(seen).toEqual([undefined, "Bearer a-key-of-that-server", "Bearer a-key-of-that-server"]);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(home, { recursive: true, force: true });
  }
});
