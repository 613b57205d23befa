import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import { documentPlan } from "../../contract/document-plan.ts";
import {
  activityQuery,
  cancelBody,
  documentResults,
  documentSummary,
  eventList,
  reopenAnswer,
  reopenBody,
  resultsQuery,
  slideList,
  uploadQuery,
} from "../../contract/documents.ts";
import { AppError } from "../../errors/app-error.ts";
import { tooLarge } from "../../errors/too-large.ts";
import { fileContent } from "../../services/intake.ts";
import { fitting } from "../fitting.ts";
import { callerOf } from "../guards.ts";
import { keyOf } from "../requests.ts";
import type { HttpServices } from "../services.ts";

const workspace = z.object({ workspace: workspaceParam });
const one = workspace.extend({ id: z.string().min(1).max(64) });
const failing = { "4xx": problem, "5xx": problem };
/** Bytes go out as they are; this only names them in the API description. */
const bytes = z.any().describe("The file's bytes");
const accepted = z
  .object({ document: documentSummary, plan: documentPlan })
  .meta({ id: "Accepted" });

const base = "/api/workspaces/:workspace/documents";

type Own = (request: FastifyRequest, params: z.infer<typeof workspace>) => Promise<string>;

/** What a file is, is told by what is in it. */
const documentTypes = [
  "application/pdf",
  "application/octet-stream",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  "application/vnd.oasis.opendocument.presentation",
];

/** Upload, list, one document and all that came out of it. */
export function documentRoutes(services: HttpServices, bytesMax: number): FastifyPluginAsync {
  const own: Own = (request, params) =>
    services.access.workspaceOf(callerOf(request), params.workspace);
  return async (app) => {
    // A PDF may also be the body itself: `curl --data-binary @deck.pdf -H 'content-type: application/pdf'`.
    app.addContentTypeParser(
      documentTypes,
      { bodyLimit: bytesMax + 1 },
      (_request, payload, done) => done(null, payload),
    );
    await app.register(uploadRoutes(services, own, bytesMax));
    await app.register(readRoutes(services, own));
    await app.register(resultRoutes(services, own));
    await app.register(actionRoutes(services, own));
    await app.register(fileRoutes(services, own));
  };
}

function uploadRoutes(services: HttpServices, own: Own, bytesMax: number): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(base, {
      schema: {
        summary: "Upload a PDF, or a presentation, and start its pipeline",
        description:
          "Multipart field `file`, or the PDF as the body. `Idempotency-Key` makes a repeat harmless. A locked PDF needs the form field `password` before the file, or the header `X-Document-Password` (percent-encoded); what is stored is a copy without it. A PowerPoint or OpenDocument presentation is stored as a PDF, which LibreOffice makes where the server runs. With `batch` it joins that batch.",
        params: workspace,
        querystring: uploadQuery,
        response: { 202: accepted, ...failing },
      },
      handler: async (request, reply) => {
        const space = await own(request, request.params);
        if (isTooLong(request.headers, bytesMax)) {
          const name = request.query.name ?? "document.pdf";
          throw await services.intake.refuse(space, name, tooLarge(bytesMax));
        }
        const upload = await contentOf(request);
        const submitted = await services.intake.acceptDocument({
          workspace: space,
          name: request.query.name ?? upload.name,
          pack: request.query.pack,
          priority: request.query.priority,
          idempotencyKey: keyOf(request),
          batch: request.query.batch,
          password: passwordOf(request.headers) ?? upload.password,
          content: upload.content,
        });
        const answer = await acceptedOf(services, space, submitted.document, request.query.pack);
        return reply.status(202).send(answer);
      },
    });

    app.post(`${base}/sample`, {
      schema: {
        summary: "Start the sample deck",
        params: workspace,
        response: { 202: accepted, ...failing },
      },
      handler: async (request, reply) => {
        const space = await own(request, request.params);
        if (services.sampleDeck === null)
          throw new AppError("DOCUMENT_NOT_FOUND", "No sample deck here.");
        const submitted = await services.intake.acceptDocument({
          workspace: space,
          name: services.sampleDeck,
          pack: "pitch-deck",
          priority: 5,
          idempotencyKey: null,
          content: fileContent(services.sampleDeck),
        });
        const answer = await acceptedOf(services, space, submitted.document, "pitch-deck");
        return reply.status(202).send(answer);
      },
    });
  };
}

async function acceptedOf(services: HttpServices, workspace: string, id: string, pack: string) {
  const document = await services.documents.get(workspace, id);
  const { pages, sha256 } = document;
  const plan = await services.plans.plan({ workspace, pack, pages, sha256, document: id });
  return { document, plan };
}

function readRoutes(services: HttpServices, own: Own): FastifyPluginAsyncZod {
  return async (app) => {
    const schema = { params: one };
    app.get(`${base}/:id`, {
      schema: {
        ...schema,
        summary: "One document with its pipeline",
        response: { 200: documentSummary, ...failing },
      },
      handler: async (request) =>
        services.documents.get(await own(request, request.params), request.params.id),
    });
  };
}

function resultRoutes(services: HttpServices, own: Own): FastifyPluginAsyncZod {
  return async (app) => {
    const schema = { params: one };
    app.get(`${base}/:id/results`, {
      schema: {
        ...schema,
        summary: "What exists so far, or what stood in an older generation",
        querystring: resultsQuery,
        response: { 200: documentResults, ...failing },
      },
      handler: async (request) => {
        const space = await own(request, request.params);
        const { generation } = request.query;
        const answer = await services.documents.results(space, request.params.id, generation);
        return { ...answer, results: fitting(answer.results, request.log) };
      },
    });

    app.get(`${base}/:id/slides`, {
      schema: {
        ...schema,
        summary: "Slides with text and findings",
        response: { 200: slideList, ...failing },
      },
      handler: async (request) =>
        (await services.documents.slides(
          await own(request, request.params),
          request.params.id,
        )) as z.infer<typeof slideList>,
    });

    app.get(`${base}/:id/events`, {
      schema: {
        ...schema,
        summary: "Activity, newest first",
        querystring: activityQuery,
        response: { 200: eventList, ...failing },
      },
      handler: async (request) => {
        const { limit, before } = request.query;
        const { events, nextBefore } = await services.documents.events(
          await own(request, request.params),
          request.params.id,
          limit,
          before,
        );
        return { events: events.map((row) => ({ ...row, at: row.at.toISOString() })), nextBefore };
      },
    });
  };
}

function actionRoutes(services: HttpServices, own: Own): FastifyPluginAsyncZod {
  return async (app) => {
    const schema = { params: one };
    const reopening = {
      retry: "Try again what failed",
      rerun: "Do finished work again, as a new generation",
    };
    for (const kind of ["retry", "rerun"] as const) {
      app.post(`${base}/:id/${kind}`, {
        schema: {
          ...schema,
          summary: reopening[kind],
          body: reopenBody.nullish(),
          response: { 200: reopenAnswer, ...failing },
        },
        handler: async (request) =>
          services.documents.reopen(await own(request, request.params), request.params.id, {
            kind,
            from: request.body?.from,
            slides: request.body?.slides,
            skipFailed: request.body?.skipFailed,
            dryRun: request.body?.dryRun ?? false,
            by: request.body?.by ?? "api",
          }),
      });
    }

    app.post(`${base}/:id/cancel`, {
      schema: {
        ...schema,
        summary: "Cancel; keep what is finished",
        body: cancelBody.nullish(),
        response: { 200: documentSummary, ...failing },
      },
      handler: async (request) => {
        const space = await own(request, request.params);
        await services.documents.cancel(space, request.params.id, request.body?.by ?? "api");
        return services.documents.get(space, request.params.id);
      },
    });
  };
}

const pageWidths = { thumb: 160, view: 640, model: 1280 } as const;

/** Pictures and the file itself: bytes, not JSON. */
function fileRoutes(services: HttpServices, own: Own): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(`${base}/:id/pages/:n.jpg`, {
      schema: {
        summary: "A page's picture (JPEG): thumb 160, view 640, model 1280 pixels wide",
        description: "Drawn when there is none yet. With an `ETag`.",
        params: one.extend({ n: z.coerce.number().int().min(1).max(100_000) }),
        querystring: z.object({ size: z.enum(["thumb", "view", "model"]).default("view") }),
        response: { 200: bytes, 304: z.null(), ...failing },
      },
      handler: async (request, reply) => {
        const space = await own(request, request.params);
        const { id, n } = request.params;
        const jpeg = await services.documents.image(space, id, n, pageWidths[request.query.size]);
        const tag = `"${createHash("sha256").update(jpeg).digest("base64url")}"`;
        reply.header("etag", tag).header("cache-control", "private, no-cache");
        if (request.headers["if-none-match"] === tag) {
          // A null would be written as four letters, and their length told as the picture's.
          return reply.status(304).send(undefined as unknown as null);
        }
        return reply.type("image/jpeg").send(jpeg);
      },
    });
    app.get(`${base}/:id/file`, {
      schema: { summary: "The PDF itself", params: one, response: { 200: bytes, ...failing } },
      handler: async (request, reply) => {
        const file = await services.documents.file(
          await own(request, request.params),
          request.params.id,
        );
        const name = encodeURIComponent(pdfName(file.name));
        return reply
          .type("application/pdf")
          .header("content-length", file.bytes)
          .header("content-disposition", `inline; filename*=UTF-8''${name}`)
          .send(file.stream);
      },
    });
  };
}

/** What came as a presentation is a PDF here. */
const pdfName = (name: string): string => (/\.pdf$/i.test(name) ? name : `${name}.pdf`);

interface Content {
  readonly name: string;
  /** The form field of that name, when it came before the file. */
  readonly password?: string | undefined;
  readonly content: Readable;
}

const passwordHeader = "x-document-password";

/** Percent-encoded, since a header holds no other than Latin letters. Never in the address, which is logged. */
function passwordOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[passwordHeader];
  if (typeof given !== "string" || given === "") return undefined;
  try {
    return decodeURIComponent(given);
  } catch {
    throw new AppError("BAD_REQUEST", "X-Document-Password must be percent-encoded.");
  }
}

/** Headers and boundaries around the file in a form. */
const formBytesMax = 64 * 1024;

/** Whether a body announces more bytes than a file and its form may have. */
export function isTooLong(headers: IncomingHttpHeaders, bytesMax: number): boolean {
  const isForm = headers["content-type"]?.startsWith("multipart/") === true;
  return Number(headers["content-length"] ?? 0) > bytesMax + (isForm ? formBytesMax : 0);
}

/** What the form reader finds wrong carries no status when it is the form itself. */
function refuseForm(error: Error): never {
  if ("statusCode" in error) throw error;
  throw new AppError("BAD_REQUEST", error.message, { cause: error });
}

/** The uploaded bytes as a stream, from a form or from the body itself. */
async function contentOf(request: FastifyRequest): Promise<Content> {
  if (request.isMultipart()) {
    const part = await request.file().catch(refuseForm);
    if (!part) throw new AppError("NO_FILE");
    const field = [part.fields.password].flat()[0];
    const password = field?.type === "field" ? String(field.value) : "";
    const name = part.filename || "document.pdf";
    return { name, content: part.file, password: password === "" ? undefined : password };
  }
  const body = request.body as Partial<Readable> | null | undefined;
  if (typeof body?.pipe !== "function") throw new AppError("NO_FILE");
  return { name: "document.pdf", content: body as Readable };
}
