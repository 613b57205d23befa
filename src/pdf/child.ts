import { Worker } from "node:worker_threads";
import { childEntry } from "../lib/entry.ts";
import type { ReaderReply, ThreadReply } from "./messages.ts";
import type { RenderedPage } from "./types.ts";

/**
 * The reader process. PDFium runs in a thread, so that this main thread always hears when the parent
 * is gone and can end at once, even while PDFium hangs. It ends itself hard: nothing here needs care.
 */
const jpegQuality = 85;
const end = (): void => {
  process.kill(process.pid, "SIGKILL");
};

process.on("disconnect", end);
if (!process.connected) end();

const thread = new Worker(threadEntry());
thread.on("error", end);
thread.on("exit", end);
process.on("message", (request) => thread.postMessage(request));
thread.on("message", (reply: ThreadReply) => {
  void relay(reply).catch(end);
});

async function relay(reply: ThreadReply): Promise<void> {
  if (reply.kind === "opened" || reply.kind === "read")
    send({ kind: "value", id: reply.id, value: reply.value });
  else if (reply.kind === "drawn")
    send({ kind: "value", id: reply.id, value: await encode(reply) });
  else send(reply);
}

async function encode(reply: Extract<ThreadReply, { kind: "drawn" }>): Promise<RenderedPage> {
  const { pixels, widthPixels, heightPixels } = reply.bitmap;
  // Loaded at the first page: a reader that only counts pages starts sooner without it.
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  const raw = { width: widthPixels, height: heightPixels, channels: 3 as const };
  const jpeg = await sharp(pixels, { raw }).jpeg({ quality: jpegQuality }).toBuffer();
  const { facts } = reply;
  return { page: facts.page, jpeg, widthPixels, heightPixels, facts, drawnBy: "pdfium" };
}

function send(reply: ReaderReply): void {
  process.send?.(reply, undefined, undefined, (error) => {
    if (error !== null) end();
  });
}

/** From the sources, a thread does not inherit the loader that reads TypeScript, so it is told. */
function threadEntry(): URL | string {
  const entry = childEntry(import.meta.url, "./thread");
  if (entry.execArgv.length === 0) return entry.file;
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const module = JSON.stringify(new URL("./thread.ts", import.meta.url).href);
  return new URL(
    `data:text/javascript,import{register}from${loader};register();await import(${module})`,
  );
}
