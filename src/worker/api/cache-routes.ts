import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  resultsSaveBody,
  visualCacheBody,
  visualCacheQuery,
} from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import type { ControlClient } from "../control-client.ts";
import { openScope, type VisualResults } from "../visual-results.ts";
import type { ResultShelf } from "./result-shelf.ts";

export interface CacheRoutesOptions {
  readonly control: ControlClient | null;
  readonly visualResults: VisualResults;
  readonly shelf: ResultShelf;
  /** Raised when the container ends. */
  readonly life: AbortSignal;
}

/** `scope` names whose results are meant: another container asks for leased work by its own. */
const cacheQuery = visualCacheQuery.extend({ scope: z.string().max(256).default(openScope) });

/** The visual cache and the results, kept here and passed on to the control plane where there is one. */
export async function cacheRoutes(
  app: FastifyInstance,
  { control, visualResults, shelf, life }: CacheRoutesOptions,
): Promise<void> {
  app.get("/api/cache/visual-analysis", async (request) => {
    const { document, scope } = cacheQuery.parse(request.query);
    return { document, slides: await visualResults.forDocument(document, scope, life) };
  });
  app.post("/api/cache/visual-results", async (request) => {
    const { document, slides } = visualCacheBody.parse(request.body);
    visualResults.keep(document, openScope, slides);
    const forwarded = await visualResults.forward(document, slides, life);
    return { document, slides: slides.length, forwarded };
  });
  app.post("/api/results/save", async (request) => {
    const body = resultsSaveBody.parse(request.body);
    if (body.lease !== undefined && control !== null) {
      if ((await control.saveResult(body, life)) === "lost") throw new AppError("LEASE_LOST");
    } else {
      shelf.put(body.document, body.task, body.result);
    }
    return { document: body.document, task: body.task, saved: true };
  });
  app.get("/api/results", async (request) => {
    const { document } = visualCacheQuery.parse(request.query);
    const results = shelf.get(document);
    if (results === undefined) {
      throw new AppError("UNKNOWN_DOCUMENT", "No results of this document are kept here.");
    }
    return { document, results };
  });
}
