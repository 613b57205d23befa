import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { extractionsAndTemplate, slideAnalysis } from "../../contract/results.ts";
import { topicNames } from "../../packs/steps.ts";
import { openScope, type VisualResults } from "../visual-results.ts";
import type { ApiRequests } from "./requests.ts";
import type { ResultShelf } from "./result-shelf.ts";
import { type ApiWork, workOnText } from "./work.ts";

export interface TextRoutesOptions {
  readonly work: ApiWork;
  readonly requests: ApiRequests;
  readonly visualResults: VisualResults;
  readonly shelf: ResultShelf;
}

const mainBody = z.object({
  document: z.string().min(1).max(128),
  /** Absent: those kept here or within reach are used. */
  visual_analysis: z.object({ slides: z.array(slideAnalysis) }).optional(),
});
const specialisedBody = mainBody.extend({
  kind: z.enum(topicNames),
  /** Decides whether the analysis applies; absent: the one kept here, else it is taken to apply. */
  extractions_and_template: extractionsAndTemplate.optional(),
});

/** `extractions-and-template` and `specialized-analysis`: visual results in, the task's result out. */
export async function textRoutes(app: FastifyInstance, options: TextRoutesOptions): Promise<void> {
  const { work, requests, visualResults, shelf } = options;

  const slidesOf = async (body: z.infer<typeof mainBody>, signal: AbortSignal) =>
    body.visual_analysis?.slides ??
    (await visualResults.forDocument(body.document, openScope, signal));
  const upstreamOf = (body: z.infer<typeof specialisedBody>) =>
    body.extractions_and_template ??
    extractionsAndTemplate.safeParse(shelf.get(body.document)?.extractions_and_template).data;

  app.post("/api/pipeline/extractions-and-template", (request, reply) => {
    const body = mainBody.parse(request.body);
    return requests.run(reply, async (signal) => {
      const task = "extractions_and_template";
      const slides = await slidesOf(body, signal);
      const { result } = await workOnText(work, task, slides, undefined, signal);
      shelf.put(body.document, task, result);
      return { document: body.document, engine: work.engine.ref, ...result };
    });
  });
  app.post("/api/pipeline/specialized-analysis", (request, reply) => {
    const body = specialisedBody.parse(request.body);
    return requests.run(reply, async (signal) => {
      const task = `specialized_${body.kind}`;
      const slides = await slidesOf(body, signal);
      const { result } = await workOnText(work, task, slides, upstreamOf(body), signal);
      shelf.put(body.document, task, result);
      return { document: body.document, engine: work.engine.ref, ...result };
    });
  });
}
