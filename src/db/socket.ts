import { connect, type Socket } from "node:net";
import { farewellOf } from "./farewell.ts";

/** Where the driver wants to go; several hosts are tried in turn. */
export interface Address {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** A Unix socket, which goes before hosts. */
  readonly path?: string | false;
}

/**
 * A socket for the driver that tells it of every end. The driver (postgres.js 3.4.9) has four gaps:
 *
 * - It waits for ever on a connection whose other side is gone without a word. Everything we send is
 *   answered, so a socket that was written to and hears nothing for too long is closed.
 * - It crashes the process when it writes after `close`, and the rollback of a transaction always is
 *   written then. So `close` comes later than the error that fails what is under way, and what is
 *   written in between goes nowhere.
 * - What it had still to write at `close` comes first on the next socket, where it does not belong, and
 *   is not sent before 1024 bytes are together. `startUpPadding` makes a start-up message that long by
 *   itself, and what stands before it is left out.
 * - An error with which the server ends the connection fails a statement of the next connection. So it
 *   is not read as an answer: it is the error of the close that follows.
 */
export function openSocket(to: Address, nth: number, silence: SilenceWatch): Socket {
  const socket = dial(to, nth);
  const watch = silence.over(socket);
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  // Taken after the call to `connect`, which puts Node's own back.
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let failed = false;
  let farewell: Error | undefined;
  let gone = false;
  let fresh = true;
  socket.write = (chunk: unknown, ...args: unknown[]) => {
    if (gone) return true;
    watch.sent();
    const bytes = fresh && Buffer.isBuffer(chunk) ? startOf(chunk) : chunk;
    fresh = false;
    return write(bytes, ...args);
  };
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === "data") {
      watch.heard();
      const last = farewellOf(args[0] as Buffer);
      if (last) {
        farewell = last.error;
        return last.before.length === 0 || emit("data", last.before);
      }
    }
    if (event === "error") failed = true;
    if (event !== "close") return emit(event, ...args);
    gone = true;
    watch.end();
    if (!failed && socket.listenerCount("error") > 0) {
      emit("error", farewell ?? connectionClosed("The connection to PostgreSQL was closed."));
    }
    setImmediate(() => setImmediate(() => emit("close", false)));
    return true;
  };
  return socket;
}

/** Read by the server as no option at all. */
export const startUpPadding = " ".repeat(1024);

const protocol = 196_608;

/** The start-up message at the end of these bytes: its length, the protocol, the rest. */
function startOf(bytes: Buffer): Buffer {
  for (let at = 1; at + 8 <= bytes.length; at += 1) {
    const isStart =
      bytes.readInt32BE(at) === bytes.length - at && bytes.readInt32BE(at + 4) === protocol;
    if (isStart) return bytes.subarray(at);
  }
  return bytes;
}

function dial({ host, port, path }: Address, nth: number): Socket {
  if (typeof path === "string" && path !== "") return connect(path);
  const at = nth % host.length;
  const to = { host: host[at] ?? "localhost", port: port[at] ?? 5432 };
  // The driver reads the name a certificate has to be for from the socket.
  return Object.assign(connect(to), to);
}

const connectionClosed = (sentence: string): Error =>
  Object.assign(new Error(sentence), { code: "CONNECTION_CLOSED" });

/** Over the sockets of one pool. */
export interface SilenceWatch {
  over(socket: Socket): {
    sent(): void;
    heard(): void;
    end(): void;
  };
}

/**
 * Closes a socket that has been written to and hears nothing for `silentMs`, which has to be longer than
 * the longest statement. With it go those that have not heard anything since either: what cut one off
 * has likely cut off the idle ones too, and each would cost the same time again.
 */
export function createSilenceWatch(silentMs: number): SilenceWatch {
  const heardMs = new Map<Socket, number>();
  const closeSilent = (sinceMs: number): void => {
    for (const [socket, atMs] of heardMs) {
      if (atMs > sinceMs) continue;
      socket.destroy(connectionClosed(`PostgreSQL did not answer for ${silentMs / 1000} s.`));
    }
  };
  return {
    over(socket) {
      let timer: NodeJS.Timeout | undefined;
      const rest = (): void => {
        clearTimeout(timer);
        timer = undefined;
      };
      heardMs.set(socket, performance.now());
      return {
        sent() {
          const sentMs = performance.now();
          timer ??= setTimeout(() => closeSilent(sentMs), silentMs).unref();
        },
        heard() {
          rest();
          heardMs.set(socket, performance.now());
        },
        end() {
          rest();
          heardMs.delete(socket);
        },
      };
    },
  };
}
