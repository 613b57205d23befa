import { copyFile, mkdir, realpath, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { documentKey } from "../blobs/blobs.ts";
import { rememberFile } from "../db/batches.ts";
import { holdFile } from "../db/deletion.ts";
import { applyMoves } from "../db/moves.ts";
import { type Fetching, readFetching } from "../db/submissions.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import { loop, type Service } from "../lib/service.ts";
import { type PdfLimits, type PresentationOptions, probe } from "../pdf/index.ts";
import { announce, type ServiceContext } from "./context.ts";
import { checkPages } from "./page-limit.ts";
import { createPresentations, type Presentations } from "./presentations.ts";

export interface FetcherOptions {
  /** Folders a `source_uri` may lie in; links are followed before the check. */
  readonly roots: readonly string[];
  readonly tempDir: string;
  readonly limits: PdfLimits;
  readonly presentations: PresentationOptions;
  readonly everyMs: number;
}

/** Brings in documents that another backend submitted by `source_uri`: read from allowed folders only. */
export function createFetcher(
  context: ServiceContext,
  options: FetcherOptions,
): Service & { wake(): void } {
  const presentations = createPresentations(options.limits, options.presentations);
  return loop({
    name: "fetcher",
    everyMs: options.everyMs,
    tick: async () => {
      for (const one of await readFetching(context.sql, 20)) {
        // One that cannot be fetched now, for want of disk say, must not stand before the others.
        await fetchOne(context, { ...options, presentations }, one).catch((error) =>
          context.log.error({ err: error, pipeline: one.pipeline }, "a document was not fetched"),
        );
      }
    },
    onError: (error) => context.log.error({ err: error }, "the fetcher's tick failed"),
  });
}

async function fetchOne(
  context: ServiceContext,
  options: Omit<FetcherOptions, "presentations"> & { readonly presentations: Presentations },
  { pipeline, workspace, sourceUri, name, ...limits }: Fetching,
): Promise<void> {
  await mkdir(options.tempDir, { recursive: true, mode: 0o700 });
  // A copy of our own: the source may change or vanish while it is read.
  const path = join(options.tempDir, `fetch-${pipeline}.pdf`);
  try {
    await copyInto(path, await allowedPath(sourceUri, options.roots));
    const pdf = await options.presentations.asPdf(path);
    const facts = await probe(pdf, options.limits);
    checkPages(facts.pages, limits);
    const { sha256, bytes, pages } = facts;
    await context.sql.begin(async (tx) => {
      await holdFile(tx, { workspace, sha256 });
      const [isWanted] = await applyMoves(tx, [
        { kind: "fetched", pipeline, sha256, bytes, pages },
      ]);
      // Cancelled meanwhile, or deleted: then nothing of it may stay.
      if (!isWanted) return;
      await context.blobs.putFile(documentKey(workspace, sha256), pdf);
      await rememberFile(tx, { workspace, sha256, name, bytes, pages });
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await applyMoves(context.sql, [{ kind: "unfetchable", pipeline, failure: failureOf(error) }]);
  } finally {
    await options.presentations.drop(path);
    await rm(path, { force: true });
  }
  announce(context);
}

/** Reasons that lie with the source are the document's; a full disk of ours is not. */
async function copyInto(path: string, source: string): Promise<void> {
  if (!(await stat(source)).isFile()) {
    throw new AppError("SOURCE_UNAVAILABLE", "It is not a file.");
  }
  await copyFile(source, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EACCES" && error.code !== "ENOENT") throw error;
    throw new AppError("SOURCE_UNAVAILABLE", `Reading it failed: ${error.code}.`);
  });
}

async function allowedPath(sourceUri: string, roots: readonly string[]): Promise<string> {
  if (!sourceUri.startsWith("file://")) {
    throw new AppError("SOURCE_UNAVAILABLE", "Only file:// is fetched.");
  }
  const missing = (): never => {
    throw new AppError("SOURCE_UNAVAILABLE", "There is no such file in an allowed folder.");
  };
  if (!URL.canParse(sourceUri)) return missing();
  const real = await Promise.resolve(sourceUri)
    .then((uri) => realpath(fileURLToPath(uri)))
    .catch(missing);
  const allowed = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  const inside = allowed.some((root) => root !== null && real.startsWith(root + sep));
  return inside ? real : missing();
}
