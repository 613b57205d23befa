import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import type { OrderAnswer } from "../../src/contract/fleet.ts";
import { smallDeck } from "../support/decks.ts";
import { built, runCli } from "../support/product.ts";
import { withStack } from "../support/stack.ts";

async function order(url: string, replica: string, kind: "drain" | "stop") {
  const response = await fetch(`${url}/api/fleet/replicas/${replica}/${kind}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reason: "new disk" }),
  });
  return { status: response.status, body: await response.json() };
}

it("works on a machine of one's own beside its own containers, and never stops it by itself", async () => {
  const overrides = {
    engine: "extractive",
    providers: [{ kind: "local" }, { kind: "static", gpu: "RTX 4090", gpus: 1, usdPerHour: 0.3 }],
  };
  const left = await withStack({ overrides }, async ({ api, home, url }) => {
    const joined = await runCli(home, [
      "fleet",
      "join",
      "--pool",
      "vision",
      "--json",
      "--url",
      url,
    ]);
    expect(joined.code).toBe(0);
    const { replica, env } = JSON.parse(joined.out) as { replica: string; env: NodeJS.ProcessEnv };
    expect(replica).toBe("vision-100");
    const child = spawn(process.execPath, [built("worker/supervisor.js")], {
      env: home.env(env as Record<string, string>),
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    const own = await api.until("the machine", async () => {
      const { replicas } = await api.fleet();
      return replicas.find(({ name, phase }) => name === replica && phase === "ready");
    });
    expect(own).toMatchObject({ provider: "static", isFixed: true });
    expect(own.machine).toMatchObject({ gpu: "RTX 4090", usdPerHour: 0.3 });

    const { document } = await api.upload(await smallDeck("Barmona", 3), "deck.pdf");
    const done = await api.ended(document?.id ?? "refused");
    expect(done.pipeline.state).toBe("done");
    // Its supply counts: for the pictures nothing else was started.
    const requested = api.heard.filter(({ type }) => type === "replica.requested");
    expect(requested.map(({ data }) => data.pool)).toEqual(["text"]);

    const stop = await order(url, replica, "stop");
    expect([stop.status, stop.body]).toMatchObject([409, { code: "REPLICA_FIXED" }]);
    const drain = await order(url, replica, "drain");
    expect((drain.body as OrderAnswer).changed).toBe(true);
    expect((await ended)[0]).toBe(0);
    await api.until("its end", async () => {
      const { replicas } = await api.fleet();
      return !replicas.some(({ name }) => name === replica) || undefined;
    });
  });
  expect(left).toEqual([]);
});
