import type { FastifyPluginAsync, FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { problem, workspaceParam } from "../../contract/common.ts";
import type { DocumentResults } from "../../contract/documents.ts";
import { type ExportFormat, exportQuery } from "../../contract/exports.ts";
import { AppError } from "../../errors/app-error.ts";
import { csvOf } from "../../report/csv.ts";
import { htmlOf, type Pictures } from "../../report/html.ts";
import { jsonOf } from "../../report/json.ts";
import { markdownOf } from "../../report/markdown.ts";
import { type Choice, fileName, type Report, reportOf } from "../../report/report.ts";
import { fitting } from "../fitting.ts";
import { callerOf } from "../guards.ts";
import type { HttpServices } from "../services.ts";

const params = z.object({ workspace: workspaceParam, id: z.string().min(1).max(64) });

const types: Readonly<Record<ExportFormat, string>> = {
  html: "text/html; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  json: "application/json; charset=utf-8",
  csv: "text/csv; charset=utf-8",
};

/** A report is a page of ours that shows words of a stranger: it may run, load and send nothing. */
const reportPolicy =
  "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Results as a file, rendered in one place for page, command line and programs. */
export function exportRoutes(services: HttpServices): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get("/api/workspaces/:workspace/documents/:id/export", {
      schema: {
        summary: "Results as a file: a page to print, Markdown, JSON or CSV",
        description:
          "Reviews are applied and labelled. What is not whole says so in the file and in its name (`.partial.`). The page holds no script and its pictures; CSV has a row for each field, answer, claim and finding.",
        params,
        querystring: exportQuery,
        response: {
          200: z.any().describe("The file"),
          ...{ "4xx": problem, "5xx": problem },
        },
      },
      handler: async (request, reply) => {
        const { workspace, id } = request.params;
        const { format, generation, ...choice } = request.query;
        const space = await services.access.workspaceOf(callerOf(request), workspace);
        const document = await services.documents.get(space, id);
        checkChoice(document, choice);
        const all = await services.documents.results(space, document.id, generation);
        const results = fitting(all.results, request.log);
        const report = reportOf(document, { ...all, results } as DocumentResults, choice);
        sendHeaders(reply, report, format);
        return format === "html"
          ? htmlOf(report, await picturesOf(services, space, report))
          : texts[format](report);
      },
    });
  };
  return routes as FastifyPluginAsync;
}

const texts: Readonly<Record<Exclude<ExportFormat, "html">, (report: Report) => string>> = {
  md: markdownOf,
  json: jsonOf,
  csv: csvOf,
};

function sendHeaders(reply: FastifyReply, report: Report, format: ExportFormat): void {
  const name = encodeURIComponent(fileName(report, format)).replaceAll("'", "%27");
  // A page is looked at and printed; the others are kept.
  const way = format === "html" ? "inline" : "attachment";
  reply
    .type(types[format])
    .header("content-disposition", `${way}; filename*=UTF-8''${name}`)
    .header("cache-control", "private, no-store");
  if (format === "html") reply.header("content-security-policy", reportPolicy);
}

function checkChoice(document: Report["document"], { task, slide }: Choice): void {
  const names = document.pipeline.progress.tasks.map((one) => one.task);
  if (task !== undefined && !names.includes(task)) {
    throw new AppError("TASK_NOT_FOUND", `${task} is none of ${names.join(", ")}.`);
  }
  if (slide !== undefined && slide > document.pages) {
    throw new AppError("SLIDE_NOT_FOUND", `The document has ${document.pages}.`);
  }
}

/** Decks of more slides have smaller pictures, and beyond the second none. */
const largeMax = 60;
const smallMax = 300;

async function picturesOf(
  { documents }: HttpServices,
  workspace: string,
  { document, choice }: Report,
): Promise<Pictures> {
  const all = Array.from({ length: document.pages }, (_, index) => index + 1);
  const wanted = all.filter((slide) => choice.slide === undefined || slide === choice.slide);
  if (wanted.length > smallMax) return new Map();
  const width = wanted.length > largeMax ? 160 : 640;
  const pictures = new Map<number, string>();
  for (const slide of wanted) {
    const jpeg = await documents.image(workspace, document.id, slide, width).catch(noPicture);
    if (jpeg) pictures.set(slide, `data:image/jpeg;base64,${jpeg.toString("base64")}`);
  }
  return pictures;
}

/** A slide that cannot be drawn is left without one. */
function noPicture(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error;
}
