import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { childEntry } from "../lib/entry.ts";
import type { ReaderReply, ReaderRequest, ThreadReply } from "./messages.ts";
import type { RenderedPage } from "./types.ts";

/**
 * The reader process. PDFium runs in a thread, so that this main thread always hears when the parent
 * is gone and can end at once, even while PDFium hangs. It ends itself hard: nothing here needs care.
 */
const jpegQuality = 85;
const end = (): void => {
  process.kill(process.pid, "SIGKILL");
};

// A document has a dozen pages: optimising what runs a few thousand times costs more than it saves. The code
// comes with the package, and each function is validated when it is first called.
setFlagsFromString("--wasm-tiering-budget=40000000");
setFlagsFromString("--wasm-lazy-validation");

process.on("disconnect", end);
if (!process.connected) end();

const thread = new Worker(threadEntry());
thread.on("error", end);
thread.on("exit", end);
process.on("message", (request: ReaderRequest) => {
  thread.postMessage(request);
  // Meanwhile, so that it is there when the page is drawn. A reader that draws nothing goes without it.
  if (request.kind === "render") void loadSharp().catch(end);
});
thread.on("message", (reply: ThreadReply) => {
  void relay(reply).catch(end);
});

async function relay(reply: ThreadReply): Promise<void> {
  if (reply.kind === "opened" || reply.kind === "read")
    send({ kind: "value", id: reply.id, value: reply.value });
  else if (reply.kind === "drawn")
    send({ kind: "value", id: reply.id, value: await encode(reply) });
  else if (reply.kind === "renewed")
    send({ kind: "value", id: reply.id, value: process.memoryUsage.rss() });
  else send(reply);
}

async function encode(reply: Extract<ThreadReply, { kind: "drawn" }>): Promise<RenderedPage> {
  const { pixels, widthPixels, heightPixels } = reply.bitmap;
  const sharp = await loadSharp();
  const raw = { width: widthPixels, height: heightPixels, channels: 3 as const };
  const jpeg = await sharp(pixels, { raw }).jpeg({ quality: jpegQuality }).toBuffer();
  const { facts } = reply;
  return { page: facts.page, jpeg, widthPixels, heightPixels, facts, drawnBy: "pdfium" };
}

async function loadSharp(): Promise<typeof import("sharp")["default"]> {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp;
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
