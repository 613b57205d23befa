import { setTimeout as pause } from "node:timers/promises";
import type { Home } from "../../support/home.ts";
import { type RunningStack, type StackOptions, startStack } from "../../support/product.ts";

/** The control plane, which is started again after it was killed. */
export interface Control {
  readonly url: string;
  /** Sentences about ends that nobody asked for. */
  readonly crashes: readonly string[];
  /** What all of them said on standard error so far. */
  said(): string;
  /** `kill -9`, and the next one after `restMs`. Resolves when that one answers. */
  killAndStart(restMs: number): Promise<void>;
  /** Starts it again if it has ended by itself, which is a crash. */
  look(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** A database that is away fails a start; it is tried again for so long. */
const startMsMax = 60_000;
const againMs = 500;

export async function startControl(
  home: Home,
  port: number,
  options: StackOptions,
): Promise<Control> {
  const url = `http://127.0.0.1:${port}`;
  const crashes: string[] = [];
  const start = async (): Promise<RunningStack> => {
    const untilMs = performance.now() + startMsMax;
    for (;;) {
      try {
        const stack = await startStack(home, options);
        // Its own stream of events would grow without end.
        await stack.api.close();
        if (stack.url !== url) throw new Error(`the control plane listens on ${stack.url}`);
        return stack;
      } catch (error) {
        if (performance.now() > untilMs) throw error;
        await pause(againMs);
      }
    }
  };
  let before = "";
  let stack = await start();
  let isChanging = false;
  const change = async (to: () => Promise<void>): Promise<void> => {
    isChanging = true;
    await to();
    isChanging = false;
  };
  return {
    url,
    crashes,
    said: () => before + stack.said(),
    killAndStart: (restMs) =>
      change(async () => {
        await stack.kill();
        before += `${stack.said()}\n--- killed at ${new Date().toISOString()}\n`;
        await pause(restMs);
        stack = await start();
      }),
    async look() {
      if (isChanging || isAlive(stack.pid)) return;
      crashes.push(`the control plane ended by itself: ${stack.said().slice(-500)}`);
      await change(async () => {
        stack = await start();
      });
    },
    stop: () => change(() => stack.stop()),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
