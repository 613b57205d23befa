import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSilenceWatch, openSocket, type SilenceWatch } from "./socket.ts";

let server: Server;
let port = 0;
let accepted: Promise<Socket>;
beforeEach(async () => {
  server = createServer();
  accepted = once(server, "connection").then(([socket]) => socket as Socket);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterEach(async () => {
  (await accepted).destroy();
  server.close();
  await once(server, "close");
});

/** The socket's errors have been looked at, or are of no interest. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on("error", () => undefined);
    socket.once("close", () => resolve());
  });

const openIn = (silence: SilenceWatch): Socket =>
  openSocket({ host: ["127.0.0.1"], port: [port] }, 0, silence);
const open = (silentMs: number): Socket => openIn(createSilenceWatch(silentMs));

it("closes when what was sent is not answered in time", async () => {
  const socket = open(50);
  socket.write("question");
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({
    code: "CONNECTION_CLOSED",
    message: expect.stringMatching(/0.05 s/),
  });
  await closed(socket);
});

it("takes idle ones along that heard nothing since either, and no other", async () => {
  const others: Socket[] = [];
  server.on("connection", (other) => {
    others.push(other);
    other.on("data", (chunk) => String(chunk) === "answer me" && other.write("answer"));
  });
  const silence = createSilenceWatch(100);
  const [idle, lively, asking] = [openIn(silence), openIn(silence), openIn(silence)];
  const ends = [closed(idle), closed(asking)];
  asking.write("question");
  lively.write("answer me");
  await once(lively, "data");
  await Promise.all(ends);
  expect(lively.destroyed).toBe(false);
  const over = closed(lively);
  lively.destroy();
  await over;
  for (const other of others) other.destroy();
});

it("stays open while nothing was sent, and when what was sent is answered", async () => {
  const socket = open(50);
  const other = await accepted;
  other.on("data", (chunk) => other.write(chunk));
  for (let n = 0; n < 3; n += 1) {
    socket.write("question");
    await once(socket, "data");
  }
  const later = new Promise((resolve) => setTimeout(resolve, 120, "nothing"));
  expect(await Promise.race([later, closed(socket)])).toBe("nothing");
  socket.destroy();
  await closed(socket);
});

it("fails what is under way before it closes, and takes what is written in between", async () => {
  const socket = open(10_000);
  const seen: string[] = [];
  const over = closed(socket);
  socket.on("error", () => {
    seen.push("error");
    setImmediate(() => {
      socket.write("rollback");
      seen.push("written");
    });
  });
  socket.on("close", () => seen.push("close"));
  (await accepted).destroy();
  socket.resume();
  await over;
  expect(seen).toEqual(["error", "written", "close"]);
});

it("begins with the start-up message, whatever an earlier socket left over", async () => {
  const socket = open(10_000);
  const over = closed(socket);
  const start = Buffer.from("0000000f00030000757365720061000000".slice(0, 30), "hex");
  socket.write(Buffer.concat([Buffer.from("select 1"), start]));
  socket.write("more");
  const other = await accepted;
  const heard: Buffer[] = [];
  for await (const chunk of other) {
    heard.push(chunk as Buffer);
    if (Buffer.concat(heard).toString().endsWith("more")) break;
  }
  expect(Buffer.concat(heard)).toEqual(Buffer.concat([start, Buffer.from("more")]));
  socket.destroy();
  await over;
});

/** A message of the server: its letter, its length, what it holds. */
const message = (letter: string, body: string): Buffer => {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(4 + Buffer.byteLength(body), 1);
  return Buffer.concat([head, Buffer.from(body)]);
};

it("gives an error that ends the connection as the error of its close", async () => {
  const socket = open(5_000);
  const row = message("D", "E1");
  const end = message("E", "SFATAL\0VFATAL\0C57P01\0Mended by an administrator\0\0");
  const heard = once(socket, "data");
  const failed = once(socket, "error");
  (await accepted).end(Buffer.concat([row, end]));
  expect(await heard).toEqual([row]);
  expect(await failed).toMatchObject([{ code: "57P01", message: "ended by an administrator" }]);
  await closed(socket);
});

it("leaves an error that the connection outlives to the driver", async () => {
  const socket = open(5_000);
  const end = message("E", "SERROR\0VERROR\0C22012\0Mdivision by zero\0\0");
  const heard = once(socket, "data");
  (await accepted).end(end);
  expect(await heard).toEqual([end]);
  await closed(socket);
});
