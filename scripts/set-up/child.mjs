import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./paths.mjs";

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a Node program to its end. A signal to us goes to it, and we wait for it: a set-up never goes
 * on behind the back of a process that seems gone.
 * @param {string[]} args script and arguments
 * @param {{ stdio?: import("node:child_process").StdioOptions, env?: Record<string, string | undefined>, onStart?: (pid: number) => void }} [options]
 * @returns {Promise<number>} the exit code, 128 + n after signal n
 */
export function runNode(args, { stdio = ["ignore", 2, 2], env = process.env, onStart } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio, env });
    // A terminal's Ctrl-C reaches the child by itself; a second one would cut its clean-up short.
    const pass = (signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of passedOn) process.on(signal, pass);
    const settle = (done) => {
      for (const signal of passedOn) process.off(signal, pass);
      done();
    };
    child.once("error", (error) => settle(() => reject(error)));
    child.once("spawn", () => onStart?.(child.pid));
    child.once("exit", (code, signal) =>
      settle(() => resolve(code ?? 128 + (constants.signals[signal] ?? 0))),
    );
  });
}
