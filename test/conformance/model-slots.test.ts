import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { createLocalProvider, type LocalProvider } from "../../src/providers/local/local.ts";
import { replicaName } from "../../src/providers/provider.ts";
import { type Home, openHome } from "./home.ts";

const file = fileURLToPath(new URL("container.mjs", import.meta.url));

let home: Home;
let stateDir: string;
let provider: LocalProvider;
beforeEach(async () => {
  home = await openHome();
  stateDir = mkdtempSync(join(tmpdir(), "pilotlight slots "));
});
afterEach(async () => {
  await provider.stopAll();
  await home.empty();
  await home.close();
  rmSync(stateDir, { recursive: true });
});

/** Containers of one provider that share so many calls, by their numbers from 1. */
async function sharing(modelSlots: number, replicas: number): Promise<string[]> {
  const installation = `slots${process.pid}x${home.port}`;
  const entry = { file, execArgv: [] };
  const rest = { installation, stateDir, entry, env: {}, clock: systemClock, graceMs: 5_000 };
  provider = createLocalProvider({ ...rest, modelSlots });
  const names: string[] = [];
  for (let replica = 1; replica <= replicas; replica += 1) {
    const name = replicaName(installation, "vision", replica);
    const env = { CALL_HOME: String(home.port), CONTAINER_NAME: name };
    const spec = { name, installation, pool: "vision", replica, env, secrets: {}, machine: null };
    await provider.apply(spec, "running");
    await home.heard(name);
    names.push(name);
  }
  return names;
}

const say = async (name: string, words: string) => {
  home.tell(name, words);
  await home.heard(name, `said ${words}`);
};

it("grants a shared server's calls to whoever asked first, and no more than it works on", async () => {
  const [one = "", two = "", three = ""] = await sharing(2, 3);
  await say(one, "ask 1");
  await home.heard(one, "slot.grant 1");
  await say(two, "ask 1");
  await home.heard(two, "slot.grant 1");
  await say(three, "ask 1");
  await say(three, "ask 2");
  await say(one, "give 1");
  await home.heard(three, "slot.grant 1");
  // Withdrawn while it waits: the next place is for somebody else.
  await say(three, "give 2");
  await say(one, "ask 2");
  await say(two, "give 1");
  await home.heard(one, "slot.grant 2");
});

it("frees what a container held that ends, and forgets what it waited for", async () => {
  const [one = "", two = ""] = await sharing(1, 2);
  home.tell(one, "ask 1");
  await home.heard(one, "slot.grant 1");
  home.tell(two, "ask 1");
  home.tell(one, "crash");
  await home.heard(two, "slot.grant 1");
});

it("frees what a container held whose channel is lost while it lives on", async () => {
  const [one = "", two = ""] = await sharing(1, 2);
  home.tell(one, "ask 1");
  await home.heard(one, "slot.grant 1");
  home.tell(two, "ask 1");
  home.tell(one, "hang up");
  await home.heard(two, "slot.grant 1");
  expect(home.pidOf(one)).toBeGreaterThan(0);
});
