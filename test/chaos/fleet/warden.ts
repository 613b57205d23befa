import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Home } from "../../support/home.ts";

/**
 * Ends what a home runs when this process is killed: a container that is stopped or hung would not notice
 * by itself. A process in a group of its own, so that no Ctrl-C reaches it.
 * @returns ends the watch, and whatever is left in the home
 */
export function watchOver({ dir }: Home): () => Promise<void> {
  const main = fileURLToPath(new URL("./warden-main.mjs", import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  const ended = once(child, "exit");
  child.stdin.write(dir);
  return async () => {
    child.stdin.end();
    await ended;
  };
}
