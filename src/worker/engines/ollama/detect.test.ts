import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startOllamaDouble } from "../../../../test/support/ollama-double.ts";
import { detectOllama } from "./detect.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const started = async (faults = {}) => {
  const double = await startOllamaDouble({ faults });
  stops.push(double.stop);
  return double;
};

/** Takes connections and never says a word. */
async function silentServer(): Promise<string> {
  const server = createServer((socket) => socket.on("error", () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("looking for a model server", () => {
  it("finds it, with the models it has", async () => {
    const { url } = await started();
    const found = await detectOllama({ host: url });
    expect(found).toEqual({ ok: true, url, served: ["llava:13b", "gemma3:27b"] });
  });

  it("says so when nobody listens, and when the host is none", async () => {
    const { url, stop } = await started();
    await stop();
    expect(await detectOllama({ host: url })).toMatchObject({ ok: false });
    expect(await detectOllama({ host: "gpu box" })).toMatchObject({ ok: false });
  });

  it("gives up on a server that never answers, and hangs up", async () => {
    const host = await silentServer();
    const found = await detectOllama({ host, timeoutMs: 30 });
    expect(found).toEqual({ ok: false, reason: expect.stringContaining("no Ollama answers at") });
  });
});
