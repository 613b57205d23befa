import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Home, openHome } from "../../../test/conformance/home.ts";
import { quiet } from "../../../test/support/worker-parts.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Command } from "./process.ts";
import { serverLostCode, supervise } from "./supervise.ts";

const script = fileURLToPath(new URL("../../../test/support/supervised.mjs", import.meta.url));

let home: Home;
let stop: AbortController;
let said: string[];
beforeEach(async () => {
  home = await openHome();
  stop = new AbortController();
  said = [];
});
afterEach(async () => {
  await home.empty();
  await home.close();
});

const command = (name: string, env: Record<string, string> = {}): Command => ({
  file: process.execPath,
  args: [script],
  env: { CALL_HOME: String(home.port), NAME: name, ...env },
  prefix: name === "model" ? "model server: " : "",
  group: name === "model",
  channel: false,
});

const start = (worker: Command, modelServer: Command | null, killMs = 20_000): Promise<number> =>
  supervise({
    worker,
    modelServer,
    say: (line) => said.push(line),
    stop: stop.signal,
    clock: systemClock,
    log: quiet,
    backoffMs: 1,
    killMs,
  });

describe("the supervisor", () => {
  it("lets the container drain before it ends the model server", async () => {
    const worker = command("worker", { LINGERS: "1" });
    const ended = start(worker, command("model"));
    await Promise.all([home.heard("worker"), home.heard("model")]);
    stop.abort();
    await home.heard("worker", "SIGTERM");
    const model = home.pidOf("model");
    expect(process.kill(model, 0)).toBe(true);
    home.tell("worker", "0");
    await home.gone("worker");
    await home.heard("model", "SIGTERM");
    expect(await ended).toBe(0);
  });

  it("kills a model server that does not end", async () => {
    const ended = start(command("worker"), command("model", { LINGERS: "1" }), 10);
    await Promise.all([home.heard("worker"), home.heard("model")]);
    stop.abort();
    await home.heard("model", "SIGTERM");
    expect(await ended).toBe(0);
  });

  it("ends everything with the container's own code", async () => {
    const ended = start(command("worker"), command("model"));
    await Promise.all([home.heard("worker"), home.heard("model")]);
    home.tell("worker", "1");
    await home.heard("model", "SIGTERM");
    expect(await ended).toBe(1);
  });

  it("tells a container killed by a signal as 128 and its number", async () => {
    const ended = start(command("worker"), null);
    await home.heard("worker");
    process.kill(home.pidOf("worker"), "SIGKILL");
    expect(await ended).toBe(137);
  });

  it("starts a model server again five times, then drains the container and says so", async () => {
    const ended = start(command("worker"), command("model"));
    await home.heard("worker");
    for (let died = 0; died < 6; died += 1) {
      await home.heard("model");
      home.tell("model", "9");
      await home.gone("model");
    }
    await home.heard("worker", "SIGTERM");
    expect(await ended).toBe(serverLostCode);
  });

  it("counts a model server that cannot be started as one that died", async () => {
    const missing = { ...command("model"), file: "no-such-program" };
    expect(await start(command("worker"), missing)).toBe(serverLostCode);
  });

  it("starts nothing when it is told to stop before", async () => {
    stop.abort();
    expect(await start(command("worker"), command("model"))).toBe(0);
    expect(said).toEqual([]);
  });

  it("passes the lines of both on, those of the model server with its name before", async () => {
    const ended = start(command("worker"), command("model"));
    await Promise.all([home.heard("worker"), home.heard("model")]);
    stop.abort();
    await ended;
    expect(said.toSorted()).toEqual(["given {}", "model server: given {}"]);
  });
});
