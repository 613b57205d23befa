import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { birthOf } from "../db/embedded/processes.ts";
import { type AttachOptions, attachStack, findStack, type StartedStack } from "./stack.ts";

let stateDir = "";
let events: string[] = [];
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "pilotlight-stack-"));
  events = [];
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const url = "http://127.0.0.1:4600";

function attach(options: Partial<AttachOptions<StartedStack>> = {}) {
  return attachStack<StartedStack>({
    stateDir,
    command: "run",
    signal: new AbortController().signal,
    isAnswering: async () => true,
    start: async () => {
      events.push("start");
      return { url, stop: async () => void events.push("stop") };
    },
    ...options,
  });
}

const owned = async (options?: Partial<AttachOptions<StartedStack>>) => {
  const attachment = await attach(options);
  if (!attachment.owned) throw new Error("another process owns the stack");
  return attachment;
};

const record = (fields: object): Promise<void> =>
  writeFile(
    join(stateDir, "stack.json"),
    JSON.stringify({ url, bootId: "b", command: "up", ...fields }),
  );

/** A pid that is nobody's any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

it("starts a stack, is found, and leaves nothing when it is released", async () => {
  const attachment = await owned();
  const found = await findStack(stateDir);
  expect(found).toMatchObject({ pid: process.pid, url, command: "run" });
  expect(found?.startToken).toBe(await birthOf(process.pid));
  await Promise.all([attachment.release(), attachment.release()]);
  expect(events).toEqual(["start", "stop"]);
  expect(await readdir(stateDir)).toEqual([]);
});

it("uses the stack that answers", async () => {
  const first = await owned();
  const second = await attach();
  expect(second).toMatchObject({ owned: false, record: { url, pid: process.pid } });
  await first.release();
  expect(events).toEqual(["start", "stop"]);
});

it("starts one stack when two ask at once", async () => {
  const both = await Promise.all([attach(), attach()]);
  expect(both.map((one) => one.owned).sort()).toEqual([false, true]);
  expect(events).toEqual(["start"]);
  for (const one of both) if (one.owned) await one.release();
});

it("takes over from a process that is dead", async () => {
  const pid = await deadPid();
  await record({ pid, startToken: "1" });
  await writeFile(join(stateDir, "stack.lock"), JSON.stringify({ pid, birth: "1" }));
  expect(await findStack(stateDir)).toBeNull();
  await (await owned()).release();
});

it("takes over when the pid belongs to a younger process", async () => {
  await record({ pid: process.pid, startToken: "1" });
  await writeFile(join(stateDir, "stack.lock"), JSON.stringify({ pid: process.pid, birth: "1" }));
  expect(await findStack(stateDir)).toBeNull();
  await (await owned()).release();
});

it("goes on with a new stack once the owner has released its own", async () => {
  const first = await owned();
  let waited = 0;
  const second = owned({
    isAnswering: async () => {
      // The owner stops just after the second one has read its record.
      waited += 1;
      if (waited === 1) void first.release();
      return false;
    },
  });
  await (await second).release();
  expect(events).toEqual(["start", "stop", "start", "stop"]);
});

it("up waits for a run to finish, and says so", async () => {
  const first = await owned();
  const said: string[] = [];
  const second = await owned({
    command: "up",
    accepts: ({ command }) => command === "up",
    patienceMs: 0,
    onWait: (sentence) => {
      said.push(sentence);
      void first.release();
    },
  });
  expect(said).toEqual([
    `Process ${process.pid} is running documents here; starting when it has finished ...`,
  ]);
  await second.release();
});

it("gives up on a process that never answers", async () => {
  const first = await owned();
  const second = attach({ isAnswering: async () => false, patienceMs: 200 });
  await expect(second).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
  await first.release();
});

it("stops waiting when it is interrupted", async () => {
  const first = await owned();
  const controller = new AbortController();
  const second = attach({
    signal: controller.signal,
    isAnswering: async () => {
      controller.abort(new Error("stopped"));
      return false;
    },
  });
  await expect(second).rejects.toThrow("stopped");
  await first.release();
});

it("lets the next one try after a start that failed", async () => {
  const failing = attach({ start: () => Promise.reject(new Error("no database")) });
  await expect(failing).rejects.toThrow("no database");
  await (await owned()).release();
});

it("lets the next one in after a stop that failed", async () => {
  const start = async () => ({ url, stop: () => Promise.reject(new Error("stuck")) });
  await expect((await owned({ start })).release()).rejects.toThrow("stuck");
  await (await owned()).release();
});

it("takes a record that is no record for none", async () => {
  for (const text of ["", "{", "null", "7", '{"pid":1}']) {
    await writeFile(join(stateDir, "stack.json"), text);
    expect(await findStack(stateDir)).toBeNull();
  }
  const attachment = await owned();
  expect(JSON.parse(await readFile(join(stateDir, "stack.json"), "utf8")).url).toBe(url);
  await attachment.release();
});
