import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { childEntry } from "../../../src/lib/entry.ts";
import { type Heard, heard } from "./messages.ts";

export interface Child {
  send(message: object): void;
  /** Settles at the next word of this state; rejects when the process fails or ends before. */
  hear<S extends Heard["state"]>(state: S): Promise<Extract<Heard, { state: S }>>;
  /** Ends its channel and waits until it is gone. */
  stop(): Promise<void>;
}

/** A process of the contestant: a module of this folder, that ends with its channel. */
export function startChild(module: string, onHeard: (message: Heard) => void = () => {}): Child {
  const { file, execArgv } = childEntry(import.meta.url, module);
  const child = fork(file, [], { execArgv: [...execArgv, ...profiling()], serialization: "json" });
  const listeners = new Set<(message: Heard) => void>([onHeard]);
  const tell = (message: Heard): void => {
    for (const listener of [...listeners]) listener(message);
  };
  child.on("message", (message) => tell(heard.parse(message)));
  child.once("exit", (code) => tell({ state: "failed", message: `${module} ended with ${code}` }));
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    send: (message) => void child.send(message),
    hear: <S extends Heard["state"]>(state: S) =>
      new Promise<Extract<Heard, { state: S }>>((resolve, reject) => {
        const listener = (message: Heard): void => {
          if (message.state === "failed") reject(new Error(message.message));
          else if (message.state === state) resolve(message as Extract<Heard, { state: S }>);
          else return;
          listeners.delete(listener);
        };
        listeners.add(listener);
      }),
    async stop() {
      process.off("exit", kill);
      await gone(child);
    },
  };
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}

/** `node --cpu-prof` of the benchmark is one of its processes too. */
const profiling = (): string[] => process.execArgv.filter((flag) => flag.startsWith("--cpu-prof"));
