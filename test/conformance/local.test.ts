import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { childEntry } from "../../src/lib/entry.ts";
import {
  createLocalProvider,
  type LocalProvider,
  type LocalProviderOptions,
} from "../../src/providers/local/local.ts";
import { replicaName } from "../../src/providers/provider.ts";
import { type Home, openHome } from "./home.ts";
import { observeUntil, type ProviderHarness, providerConformance } from "./provider.ts";

const file = fileURLToPath(new URL("container.mjs", import.meta.url));

interface LocalHarness extends ProviderHarness {
  readonly provider: LocalProvider;
  readonly home: Home;
  readonly stateDir: string;
  readonly installation: string;
}

async function openLocal(rest: Partial<LocalProviderOptions> = {}): Promise<LocalHarness> {
  const home = await openHome();
  const stateDir = mkdtempSync(join(tmpdir(), "pilotlight local "));
  const installation = `test${process.pid}x${home.port}`;
  let changes = 0;
  let waiting: (() => void)[] = [];
  const provider = createLocalProvider({
    installation,
    stateDir,
    entry: { file, execArgv: [] },
    env: { PATH: process.env.PATH, LANG: "C.UTF-8", SECRET: "not handed on" },
    clock: systemClock,
    graceMs: 10_000,
    onChange: () => {
      changes += 1;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    ...rest,
  });
  return {
    provider,
    tells: "exit",
    home,
    stateDir,
    installation,
    spec(pool, replica) {
      const name = replicaName(installation, pool, replica);
      const env = { CALL_HOME: String(home.port), CONTAINER_NAME: name };
      return { name, installation, pool, replica, env, secrets: {}, machine: null };
    },
    up: (name) => home.heard(name),
    crash: (name) => home.tell(name, "crash"),
    changes: () => changes,
    changedSince: (seen) =>
      changes > seen ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    async close() {
      await provider.stopAll();
      await home.empty();
      await home.close();
      rmSync(stateDir, { recursive: true });
    },
  };
}

providerConformance(openLocal);

describe("the local provider", () => {
  let harness: LocalHarness;
  beforeEach(async () => {
    harness = await openLocal({ graceMs: 50, logBytesMax: 2_000 });
  });
  afterEach(() => harness.close());
  const run = async (env: Record<string, string> = {}) => {
    const plain = harness.spec("vision", 1);
    const spec = { ...plain, env: { ...plain.env, ...env } };
    await harness.provider.apply(spec, "running");
    await harness.up(spec.name);
    return spec;
  };
  const logText = (name: string) =>
    readFileSync(join(harness.stateDir, "logs", `${name}.log`), "utf8");

  it("hands on four variables, the spec's own and the installation, and nothing else", async () => {
    const { name } = await run();
    await harness.provider.stopAll();
    const line = logText(name).split("\n")[0] ?? "";
    const given = JSON.parse(line.replace("environment ", "")) as string[];
    expect(given.filter((variable) => !variable.startsWith("NODE_CHANNEL"))).toEqual([
      "CALL_HOME",
      "CONTAINER_NAME",
      "LANG",
      "PATH",
      "PILOTLIGHT_INSTALLATION",
    ]);
  });

  it("kills a container that ignores the order to stop, and what it started", async () => {
    const spec = await run({ STUBBORN: "1", WITH_CHILD: "1" });
    await harness.home.heard(`${spec.name}/child`);
    await harness.provider.apply(spec, "stopped");
    const { exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
    expect(exited[0]?.exit).toMatchObject({ code: null, signal: "SIGKILL" });
    await harness.home.gone(`${spec.name}/child`);
  });

  it("shows a stopping replica as stopping, and does not start it meanwhile", async () => {
    const spec = await run({ STUBBORN: "1" });
    await harness.provider.apply(spec, "stopped");
    await harness.provider.apply(spec, "running");
    expect((await harness.provider.observe()).map((seen) => seen.state)).toEqual(["stopping"]);
    await observeUntil(harness, (live, ended) => live.length === 0 && ended.length === 1);
  });

  it("takes along what a crashed container had started", async () => {
    const spec = await run({ WITH_CHILD: "1" });
    await harness.home.heard(`${spec.name}/child`);
    harness.crash(spec.name);
    await harness.home.gone(`${spec.name}/child`);
  });

  it("moves the log aside before it grows too large, and keeps the newest words", async () => {
    const spec = await run();
    for (const size of ["1500", "1400", "1300"]) {
      harness.home.tell(spec.name, `chatter ${size}`);
      await harness.home.heard(spec.name, "chattered");
    }
    await harness.provider.apply(spec, "stopped");
    const { exited } = await observeUntil(harness, (_, ended) => ended.length > 0);
    const logs = join(harness.stateDir, "logs");
    expect(readdirSync(logs).sort()).toEqual([`${spec.name}.log`, `${spec.name}.log.1`]);
    expect(statSync(join(logs, `${spec.name}.log`)).size).toBe(1_301);
    expect(statSync(join(logs, `${spec.name}.log.1`)).size).toBe(1_401);
    expect(exited[0]?.exit?.logTail.endsWith("x".repeat(1_300))).toBe(true);
  });

  it("tells an unreadable entry as an exit with its reason", async () => {
    const broken = await openLocal({ entry: { file: `${file}.missing`, execArgv: [] } });
    await broken.provider.apply(broken.spec("text", 1), "running");
    const { exited } = await observeUntil(broken, (_, ended) => ended.length > 0);
    expect(exited[0]?.exit?.code).toBe(1);
    expect(exited[0]?.exit?.logTail).toContain("Cannot find module");
    await broken.close();
  });

  it("refuses a start the system cannot make, and shows no replica", async () => {
    const plain = harness.spec("text", 1);
    const spec = { ...plain, env: { HUGE: "x".repeat(3_000_000) } };
    await expect(harness.provider.apply(spec, "running")).rejects.toMatchObject({
      code: "REPLICA_START_FAILED",
    });
    expect(await harness.provider.observe()).toEqual([]);
  });

  it("goes on without a log when the disk refuses", async () => {
    const unwritable = await openLocal({ stateDir: join(file, "no-folder") });
    const spec = unwritable.spec("text", 1);
    await unwritable.provider.apply(spec, "running");
    await unwritable.up(spec.name);
    unwritable.crash(spec.name);
    const { exited } = await observeUntil(unwritable, (_, ended) => ended.length > 0);
    expect(exited[0]?.exit?.logTail).toContain("last words");
    await unwritable.close();
  });

  it("stops everything at the end and starts nothing afterwards", async () => {
    const spec = await run();
    await Promise.all([harness.provider.stopAll(), harness.provider.stopAll()]);
    await harness.home.gone(spec.name);
    await expect(harness.provider.apply(spec, "running")).rejects.toMatchObject({
      code: "SHUTTING_DOWN",
    });
    await harness.provider.apply(spec, "stopped");
  });

  it("leaves no container behind when its own process is killed", async () => {
    const parent = childEntry(import.meta.url, "./local-parent");
    const { home, stateDir } = harness;
    const killed = spawn(
      process.execPath,
      [...parent.execArgv, parent.file, file, stateDir, String(home.port)],
      { stdio: "ignore" },
    );
    await home.heard("orphan");
    killed.kill("SIGKILL");
    await home.gone("orphan");
  });

  it("touches no other installation", async () => {
    const foreign = { ...harness.spec("vision", 1), installation: "someone-else" };
    await expect(harness.provider.apply(foreign, "running")).rejects.toThrow(
      "another installation",
    );
    expect(await harness.provider.observe()).toEqual([]);
  });

  it.runIf(process.platform === "linux")(
    "kills what an earlier control plane left, and nothing of others",
    async () => {
      const own = await run();
      const orphan = (name: string, installation: string) =>
        spawn(process.execPath, [file], {
          detached: true,
          stdio: "ignore",
          env: {
            CALL_HOME: String(harness.home.port),
            CONTAINER_NAME: name,
            PILOTLIGHT_INSTALLATION: installation,
          },
        });
      const left = orphan("left", harness.installation);
      const other = orphan("other", `${harness.installation}0`);
      await harness.home.heard("left");
      await harness.home.heard("other");
      const died = once(left, "exit");
      expect(await harness.provider.sweep()).toBe(1);
      expect((await died)[1]).toBe("SIGKILL");
      expect(harness.home.pidOf("other")).toBe(other.pid);
      expect(harness.home.pidOf(own.name)).toBeGreaterThan(0);
      expect(await harness.provider.sweep()).toBe(0);
      other.kill();
      await harness.home.gone("other");
    },
  );
});
