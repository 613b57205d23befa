import { createServer, connect as dial, type Socket } from "node:net";

/** A TCP relay on loopback that can go half-open: it stops forwarding and closes nothing. */
export interface Link {
  readonly port: number;
  /** Nothing passes, and nothing is lost: what waits is forwarded at `resume`. */
  hold(): void;
  /**
   * What is connected now, and what connects until `resume`, is never forwarded again; neither side
   * hears of it, not even when the other one closes.
   */
  blackhole(): void;
  /** Connections pass again; those in the black hole stay there. */
  resume(): void;
  /** Closes every connection, without a good-bye. */
  cut(): void;
  close(): Promise<void>;
}

type Mode = "pass" | "hold" | "blackhole";

interface Pair {
  readonly client: Socket;
  /** null: nobody was dialled. */
  readonly server: Socket | null;
  lost: boolean;
}

/** @param target port on loopback, asked for at each connection */
export async function createLink(target: () => number): Promise<Link> {
  const pairs = new Set<Pair>();
  let mode: Mode = "pass";
  const listener = createServer({ pauseOnConnect: true }, (client) => {
    const pair = open(client);
    pairs.add(pair);
    steer(pair);
  });
  const open = (client: Socket): Pair => {
    const lost = mode === "blackhole";
    const server = lost ? null : dial({ port: target(), host: "127.0.0.1" }).pause();
    const pair = { client, server, lost };
    join(pair, client, server);
    if (server !== null) join(pair, server, client);
    return pair;
  };
  const join = (pair: Pair, from: Socket, to: Socket | null): void => {
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      if (pair.lost || to === null || to.destroyed) return;
      if (!to.write(chunk)) from.pause();
    });
    to?.on("drain", () => {
      if (mode !== "hold") from.resume();
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      if (!pair.lost) to?.destroy();
      if (pair.client.destroyed && (pair.server?.destroyed ?? true)) pairs.delete(pair);
    });
  };
  const steer = ({ client, server, lost }: Pair): void => {
    for (const socket of [client, server]) {
      if (mode === "hold" && !lost) socket?.pause();
      else socket?.resume();
    }
  };
  const turn = (to: Mode): void => {
    mode = to;
    for (const pair of pairs) {
      if (to === "blackhole") pair.lost = true;
      steer(pair);
    }
  };
  const cut = (): void => {
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server?.resetAndDestroy();
    }
  };
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    hold: () => turn("hold"),
    blackhole: () => turn("blackhole"),
    resume: () => turn("pass"),
    cut,
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      cut();
      await closed;
    },
  };
}
