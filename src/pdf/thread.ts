import { parentPort } from "node:worker_threads";
import { AppError } from "../errors/app-error.ts";
import { drawPage } from "./draw.ts";
import type { ReaderRequest, ThreadReply } from "./messages.ts";
import { openFile } from "./opening.ts";
import { factsOf } from "./page-facts.ts";
import { compilePdfium, freshPdfium, OutOfMemory, type Pointer } from "./pdfium.ts";

/**
 * The thread in which PDFium runs. It may hang or break at any call; whoever started the process
 * keeps the time and ends it.
 */
const port = parentPort;
if (port === null) throw new Error("This module runs in a worker thread.");

const code = compilePdfium();
let pdfium = await freshPdfium(code);
let doc: Pointer = 0;
let isUsed = false;

port.on("message", async (request: ReaderRequest) => {
  const reply = request.kind === "renew" ? await renew(request.id) : answer(request);
  port.postMessage(
    reply,
    reply.kind === "drawn" ? [reply.bitmap.pixels.buffer as ArrayBuffer] : [],
  );
});
port.postMessage({ kind: "ready" } satisfies ThreadReply);

/** Only compiled code is kept: nothing of a document lies in it. */
async function renew(id: number): Promise<ThreadReply> {
  doc = 0;
  pdfium = await freshPdfium(code);
  isUsed = false;
  // At once, so that the memory of one document does not count against the next.
  globalThis.gc?.();
  return { kind: "renewed", id };
}

type Work = Exclude<ReaderRequest, { kind: "renew" }>;

function answer(request: Work): ThreadReply {
  try {
    if (request.kind === "render") return draw(request);
    if (request.kind === "read") {
      const { id, page } = request;
      return onPage(page, (handle) => ({ kind: "read", id, value: factsOf(pdfium, handle, page) }));
    }
    if (isUsed) throw new Error("This memory has held a document.");
    isUsed = true;
    const { doc: opened, ...value } = openFile(pdfium, request.file, request.limits, request.lock);
    doc = opened;
    return { kind: "opened", id: request.id, value };
  } catch (error) {
    return failureReply(request, error);
  }
}

function draw(request: Extract<ReaderRequest, { kind: "render" }>): ThreadReply {
  const { id, page, longEdgePixels, limits } = request;
  return onPage(page, (handle) => {
    const bitmap = drawPage(pdfium, handle, longEdgePixels, limits);
    return { kind: "drawn", id, bitmap, facts: factsOf(pdfium, handle, page) };
  });
}

function onPage(page: number, use: (handle: Pointer) => ThreadReply): ThreadReply {
  const handle = pdfium._FPDF_LoadPage(doc, page - 1);
  if (handle === 0) throw new AppError("RENDER_FAILED", "The page is damaged.");
  try {
    return use(handle);
  } finally {
    pdfium._FPDF_ClosePage(handle);
  }
}

/** Anything but a refusal of ours may have left PDFium's memory in disorder. */
function failureReply(request: Work, error: unknown): ThreadReply {
  const { id } = request;
  if (error instanceof AppError) {
    return { kind: "failure", id, code: error.code, detail: error.detail ?? null, broken: false };
  }
  const code = request.kind === "open" ? "PDF_CRASHED" : "RENDER_FAILED";
  const detail =
    error instanceof OutOfMemory ? "It needs too much memory." : "The reader broke off.";
  return { kind: "failure", id, code, detail, broken: true };
}
