import { once } from "node:events";
import { createServer, type Socket } from "node:net";

interface Caller {
  readonly socket: Socket;
  readonly pid: number;
}

/**
 * Where the containers of the tests call home. A connection that closes is a process that ended, so
 * the tests wait on facts and need no sleeping.
 */
export interface Home {
  readonly port: number;
  /** Resolves when the container of this name has said the word. */
  heard(name: string, word?: string): Promise<void>;
  /** Resolves when no process of this name lives. */
  gone(name: string): Promise<void>;
  pidOf(name: string): number;
  tell(name: string, word: string): void;
  /** Resolves when no process lives that has ever called. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function openHome(): Promise<Home> {
  const callers = new Map<string, Caller>();
  const words: string[] = [];
  let waiting: (() => void)[] = [];
  const notify = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const server = createServer((socket) => {
    let name: string | undefined;
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const said = JSON.parse(line) as { name: string; word: string; pid: number };
        name = said.name;
        callers.set(name, { socket, pid: said.pid });
        words.push(`${name} ${said.word}`);
      }
      notify();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (name !== undefined && callers.get(name)?.socket === socket) callers.delete(name);
      notify();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    async heard(name, word = "up") {
      await until(() => words.includes(`${name} ${word}`));
      words.splice(words.indexOf(`${name} ${word}`), 1);
    },
    gone: (name) => until(() => !callers.has(name)),
    pidOf(name) {
      const caller = callers.get(name);
      if (!caller) throw new Error(`${name} has not called`);
      return caller.pid;
    },
    tell: (name, word) => void callers.get(name)?.socket.write(word),
    empty: () => until(() => callers.size === 0),
    async close() {
      for (const { socket } of callers.values()) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
