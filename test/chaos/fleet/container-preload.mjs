/**
 * Loaded into a container before its own program, for faults that no signal makes.
 *
 * - SIGUSR2 stops the main thread for good, while other threads and the heartbeats go on.
 * - `CHAOS_LINKS` names a relay for each replica, so that one can be cut off alone.
 * - `CHAOS_SHIM=1` puts a process between the provider and the container. It outlives a container that is
 *   killed, as a rented machine does, so that only silence tells of the loss.
 */
import { spawn } from "node:child_process";
import { isMainThread } from "node:worker_threads";

const { PILOTLIGHT_POOL, PILOTLIGHT_REPLICA, CHAOS_LINKS, CHAOS_SHIM } = process.env;
const isContainer = isMainThread && /worker\/main\.\w+$/.test(process.argv[1] ?? "");

const links = JSON.parse(CHAOS_LINKS ?? "{}");
const link = links[`${PILOTLIGHT_POOL}-${PILOTLIGHT_REPLICA}`];
if (isContainer && link !== undefined) process.env.PILOTLIGHT_CONTROL_URL = link;

if (isContainer && CHAOS_SHIM === "1") await standBetween();
if (isContainer) {
  process.on("SIGUSR2", () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}

/** Never resolves: the container's program runs in the child. */
function standBetween() {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, CHAOS_SHIM: "0" },
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  let isGone = false;
  child.once("exit", (code) => {
    isGone = true;
    if (code !== null) process.exit(code);
  });
  process.on("SIGTERM", () => {
    if (isGone) process.exit(0);
    child.kill("SIGTERM");
  });
  process.once("disconnect", () => {
    child.kill("SIGKILL");
    process.exit(1);
  });
  setInterval(() => undefined, 60_000);
  return new Promise(() => undefined);
}
