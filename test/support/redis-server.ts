import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient } from "@redis/client";

const binary = "redis-server";

/** Whether Redis is installed; without it, a test says that it is left out. */
export const hasRedis = spawnSync(binary, ["--version"]).status === 0;

/** A Redis of a test's own: its process, its port, its folder. */
export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  /** One command, with its answer as text. */
  ask(...words: string[]): Promise<string>;
  /** Stops it for a while: it hears everything and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startRedis(more: readonly string[] = []): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child = await launch(dir, port, more);
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    signal("SIGKILL");
    await ended;
  };
  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    async ask(...words) {
      const client = createClient({ url });
      client.on("error", () => undefined);
      await client.connect();
      try {
        return String(await client.sendCommand(words));
      } finally {
        client.destroy();
      }
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    kill,
    async restart() {
      await kill();
      child = await launch(dir, port, more);
    },
    async close() {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function launch(dir: string, port: number, more: readonly string[]): Promise<ChildProcess> {
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", ""];
  const child = spawn(binary, [...words, "--appendonly", "no", ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes("Ready to accept connections")) break;
  }
  child.stdout.resume();
  if (child.exitCode !== null) throw new Error("redis-server did not start");
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
