import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { visualAnalysis } from "../../contract/results.ts";
import { AppError } from "../../errors/app-error.ts";
import { openScope, type VisualResults } from "../visual-results.ts";
import type { ApiRequests } from "./requests.ts";
import type { ResultShelf } from "./result-shelf.ts";
import { type ApiWork, workOnUpload } from "./work.ts";

export interface VisionRoutesOptions {
  readonly work: ApiWork;
  readonly requests: ApiRequests;
  readonly visualResults: VisualResults;
  readonly shelf: ResultShelf;
}

/** One byte over the limit of an upload, so that the limit itself, with its own code, is met first. */
const fileBytesMax = 200 * 1024 * 1024 + 1;

/** `visual-analysis` and `slide-feedback`: a PDF in, the task's result out. */
export async function visionRoutes(
  app: FastifyInstance,
  options: VisionRoutesOptions,
): Promise<void> {
  const { work, requests, visualResults, shelf } = options;
  await app.register(multipart, { limits: { fileSize: fileBytesMax, files: 1, fields: 20 } });
  // The PDF is not gathered in memory: the handler gets the stream.
  app.addContentTypeParser(["application/pdf", "application/octet-stream"], (_, body, done) =>
    done(null, body),
  );

  const handle = async (request: FastifyRequest, task: string, signal: AbortSignal) => {
    const upload = { key: `upload-${randomUUID()}`, body: await pdfOf(request) };
    const step = await workOnUpload(work, task, upload, signal);
    if (task === "visual_analysis") {
      const { slides } = visualAnalysis.parse(step.result);
      visualResults.keep(step.document, openScope, slides);
    }
    shelf.put(step.document, task, step.result);
    return { document: step.document, engine: work.engine.ref, gaps: step.gaps, ...step.result };
  };
  app.post("/api/pipeline/visual-analysis", (request, reply) =>
    requests.run(reply, (signal) => handle(request, "visual_analysis", signal)),
  );
  app.post("/api/pipeline/slide-feedback", (request, reply) =>
    requests.run(reply, (signal) => handle(request, "slide_feedback", signal)),
  );
}

/** The PDF's bytes: the whole body, or the multipart field `file`. Throws NO_FILE. */
async function pdfOf(request: FastifyRequest): Promise<Readable> {
  if (request.isMultipart()) {
    const part = await request.file();
    if (part === undefined) throw new AppError("NO_FILE");
    return part.file;
  }
  if (request.body instanceof Readable) return request.body;
  throw new AppError("NO_FILE");
}
