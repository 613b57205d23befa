/**
 * Told a folder on its standard input, it waits for the end of that, which comes when whoever started it
 * is gone in whatever way. Then it kills every process that works in the folder or was started for it,
 * and removes the folder.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const tries = 20;
let dir = "";
for await (const chunk of process.stdin.setEncoding("utf8")) dir += chunk;
for (let n = 0; n < tries; n += 1) {
  const left = processesOf(dir);
  if (left.length === 0) break;
  for (const pid of left) kill(pid);
  await pause(100);
}
await rm(dir, { recursive: true, force: true });

function processesOf(mark) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      const seen = [read(pid, "cmdline"), read(pid, "environ"), cwdOf(pid)];
      return seen.some((text) => text.includes(mark));
    })
    .map(Number);
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

function cwdOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
