import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Home, makeHome } from "./home.ts";

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

/** A process that says when it is up and stays until it is killed. */
async function sleeper(cwd: string, env: Record<string, string>): Promise<number> {
  const stay = "process.stdout.write('up'); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", stay], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

it("sees processes that work in a home or were told of it, and no others", async () => {
  const inside = await sleeper(home.dir, {});
  const told = await sleeper("/", { STATE: join(home.stateDir, "x") });
  const other = await makeHome();
  try {
    await sleeper(other.dir, {});
    expect(home.processes().map(({ pid }) => pid)).toEqual([inside, told].sort((a, b) => a - b));
    expect(home.processes().find(({ pid }) => pid === told)?.env).toEqual({
      STATE: join(home.stateDir, "x"),
    });
  } finally {
    await other.remove();
  }
  await home.remove();
  expect(home.processes()).toEqual([]);
  await expect(stat(home.dir)).rejects.toThrow("ENOENT");
});

it("names temporary files and locks that are left", async () => {
  expect(await home.leftovers()).toEqual([]);
  await mkdir(join(home.stateDir, "tmp", "vision-1"), { recursive: true });
  await writeFile(join(home.stateDir, "tmp", "vision-1", "deck.pdf"), "x");
  await writeFile(join(home.tempDir, "other"), "x");
  await writeFile(join(home.stateDir, "stack.json"), "{}");
  expect(await home.leftovers()).toEqual([
    "temporary file: other",
    "temporary file: deck.pdf",
    "lock: stack.json",
  ]);
});
