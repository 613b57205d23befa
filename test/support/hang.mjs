/**
 * Loaded into a container before its own program: SIGUSR2 stops the main thread for good, while other
 * threads go on. Worker threads load it too, and have no signals to hear.
 */
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.on("SIGUSR2", () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
