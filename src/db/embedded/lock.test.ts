import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Lock, takeLock } from "./lock.ts";
import { birthOf } from "./processes.ts";

let dir = "";
let path = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-lock-"));
  path = join(dir, "a.lock");
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Above the highest pid Linux gives out. */
const deadPid = 4_999_999;

const isLock = (taken: Lock | { heldBy: number }): taken is Lock => "release" in taken;

async function takeOrFail(): Promise<Lock> {
  const taken = await takeLock(path);
  if (!isLock(taken)) throw new Error(`held by ${taken.heldBy}`);
  return taken;
}

it("names the holder to a second taker, and leaves nothing behind when given back", async () => {
  const lock = await takeOrFail();
  expect(await takeLock(path)).toEqual({ heldBy: process.pid });
  await lock.release();
  expect(await readdir(dir)).toEqual([]);
});

it("takes over the lock of a dead process", async () => {
  await writeFile(path, JSON.stringify({ pid: deadPid, birth: "1" }));
  await (await takeOrFail()).release();
});

it("takes over a lock whose pid now belongs to another process", async () => {
  await writeFile(path, JSON.stringify({ pid: process.ppid, birth: "not when it was born" }));
  await (await takeOrFail()).release();
});

it("respects a living holder that is not this process", async () => {
  const birth = await birthOf(process.ppid);
  await writeFile(path, JSON.stringify({ pid: process.ppid, birth }));
  expect(await takeLock(path)).toEqual({ heldBy: process.ppid });
});

it.each(["", "{", "null", '{"pid":"x"}'])("takes over a lock that says %j", async (text) => {
  await writeFile(path, text);
  await (await takeOrFail()).release();
});

it("goes to exactly one of many that find a dead one at once", async () => {
  await writeFile(path, JSON.stringify({ pid: deadPid, birth: "1" }));
  const taken = await Promise.all(Array.from({ length: 12 }, () => takeLock(path)));
  expect(taken.filter(isLock)).toHaveLength(1);
  expect(await readdir(dir)).toEqual(["a.lock"]);
});

it("leaves a lock alone that someone else holds by now", async () => {
  const lock = await takeOrFail();
  await writeFile(path, "someone else's");
  await lock.release();
  expect(await readFile(path, "utf8")).toBe("someone else's");
});
