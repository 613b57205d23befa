import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline as pipe } from "node:stream/promises";
import { documentKey } from "../blobs/blobs.ts";
import { addToBatch, readBatchState, rememberFile } from "../db/batches.ts";
import { holdFile } from "../db/deletion.ts";
import { readPackLimits } from "../db/packs.ts";
import { storableText } from "../db/storable.ts";
import {
  addPipeline,
  type DocumentSubmission,
  type Queued,
  recordRejection,
  type Submitted,
} from "../db/submissions.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import { isDocumentError } from "../errors/codes.ts";
import { tooLarge } from "../errors/too-large.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { WorkTopic } from "../lib/wake.ts";
import {
  type PdfLimits,
  type PresentationOptions,
  probe,
  type ReaderSource,
  unlockPdf,
} from "../pdf/index.ts";
import type { CachedWork } from "./cached-work.ts";
import { announce, type ServiceContext } from "./context.ts";
import { checkPages } from "./page-limit.ts";
import { createPresentations } from "./presentations.ts";

export interface Upload {
  readonly workspace: string;
  readonly name: string;
  readonly pack: string;
  readonly priority: number;
  readonly idempotencyKey: string | null;
  /** The batch it joins. */
  readonly batch?: string | undefined;
  /** Opens a locked PDF; what is stored is a copy without it. Never kept, logged or told. */
  readonly password?: string | undefined;
  readonly content: Readable;
}

export interface IntakeOptions {
  readonly tempDir: string;
  readonly limits: PdfLimits;
  readonly readers?: ReaderSource;
  /** PDFs opened at once; each is a process. */
  readonly probesMax: number;
  readonly presentations: PresentationOptions;
  /** Absent: every document is worked on by containers. */
  readonly cachedWork?: CachedWork;
}

export interface Intake {
  /** Throws the document codes for a file that is refused; then nothing of it is kept. */
  acceptDocument(upload: Upload): Promise<Submitted>;
  /** A file that is refused before it comes: told like any other. Answers the error itself. */
  refuse(workspace: string, name: string, error: AppError): Promise<AppError>;
}

export function createIntake(context: ServiceContext, options: IntakeOptions): Intake {
  const probes = createSemaphore(options.probesMax);
  const presentations = createPresentations(options.limits, options.presentations);
  return {
    async acceptDocument(upload) {
      const limits = await readPackLimits(context.sql, upload.pack);
      if (limits === undefined) throw new AppError("PACK_NOT_FOUND", upload.pack);
      // Said before the file comes; whether the batch is still open then is seen again with the submission.
      if (upload.batch !== undefined) await checkBatch(context, upload.workspace, upload.batch);
      await mkdir(options.tempDir, { recursive: true, mode: 0o700 });
      const path = join(options.tempDir, `${randomUUID()}.pdf`);
      try {
        await receive(upload.content, path, options.limits.bytesMax);
        const pdf = await presentations.asPdf(path);
        const opened = await probes.run(() => unlocked(pdf, upload.password, options.limits));
        const facts = await probes.run(() =>
          probe(opened, options.limits, { readers: options.readers }),
        );
        checkPages(facts.pages, limits);
        const { submitted, topics } = await store(context, options, upload, {
          path: opened,
          submission: submissionOf(upload, facts),
        });
        announce(context, topics);
        return submitted;
      } catch (error) {
        await noteRejection(context, upload, error);
        throw error;
      } finally {
        await presentations.drop(path);
        await rm(path, { force: true });
        await rm(copyOf(path), { force: true });
      }
    },
    async refuse(workspace, name, error) {
      await noteRejection(context, { workspace, name }, error);
      return error;
    },
  };
}

interface Stored {
  readonly submitted: Submitted;
  /** Where its first tasks can be found; undefined: they may be of any class. */
  readonly topics?: WorkTopic[];
}

/** File and document in one: bytes that nobody has yet must not be removed between the two. */
async function store(
  context: ServiceContext,
  { cachedWork }: IntakeOptions,
  { batch }: Upload,
  { path, submission }: { readonly path: string; readonly submission: DocumentSubmission },
): Promise<Stored> {
  const known = batch === undefined ? ((await cachedWork?.look(submission)) ?? []) : [];
  return context.sql.begin(async (tx): Promise<Stored> => {
    await holdFile(tx, submission);
    await context.blobs.putFile(documentKey(submission.workspace, submission.sha256), path);
    await rememberFile(tx, submission);
    if (batch !== undefined) return { submitted: await addToBatch(tx, batch, submission) };
    const queued = await addPipeline(tx, submission);
    if (cachedWork === undefined || known.length === 0) {
      return { submitted: queued, topics: topicsOf(queued) };
    }
    // What is known ends with the submission: no container is asked for it, or started.
    if (!queued.existing) await cachedWork.end(tx, queued.pipeline, known);
    return { submitted: queued };
  });
}

const copyOf = (path: string): string => `${path}.unlocked`;

/** The file to go on with: a copy without the password where one was needed. */
async function unlocked(
  path: string,
  password: string | undefined,
  limits: PdfLimits,
): Promise<string> {
  if (password === undefined) return path;
  return (await unlockPdf(path, copyOf(path), password, limits)) ? copyOf(path) : path;
}

const topicsOf = ({ classIds, rank }: Queued): WorkTopic[] =>
  classIds.map((classId) => ({ classId, rank }));

async function checkBatch(
  context: ServiceContext,
  workspace: string,
  batch: string,
): Promise<void> {
  const state = await readBatchState(context.sql, workspace, batch);
  if (state === undefined) throw new AppError("BATCH_NOT_FOUND", batch);
  if (state.isCancelled) throw new AppError("BATCH_CANCELLED", batch);
}

const submissionOf = (
  upload: Upload,
  facts: { readonly sha256: string; readonly bytes: number; readonly pages: number },
): DocumentSubmission => ({
  workspace: upload.workspace,
  sha256: facts.sha256,
  name: cleanName(upload.name),
  pack: upload.pack,
  priority: upload.priority,
  idempotencyKey: upload.idempotencyKey,
  bytes: facts.bytes,
  pages: facts.pages,
});

/** Refuses while it arrives, not after: a file that is too large never fills the disk. */
async function receive(content: Readable, path: string, bytesMax: number): Promise<void> {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > bytesMax) done(tooLarge(bytesMax));
      else done(null, chunk);
    },
  });
  // Opened before anything can fail: a file that is made after its removal would stay.
  const file = await open(path, "wx", 0o600);
  await pipe(arriving(content), counted, file.createWriteStream());
}

/** Tells an upload that breaks off from a disk of ours that is full. */
async function* arriving(content: Readable): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    throw new AppError("BAD_REQUEST", "The upload broke off.", { cause: error });
  }
}

/** The last part of a path, never empty. */
export const cleanName = (name: string): string =>
  cleanLine(storableText(name).split(/[\\/]/).at(-1) ?? "") || "document.pdf";

/** Storable, without control characters, at most 255 long and never cut through a character. */
export const cleanLine = (text: string): string =>
  storableText(text)
    .replace(/\p{Cc}/gu, "")
    .trim()
    .slice(0, 255)
    .replace(/[\uD800-\uDBFF]$/, "");

async function noteRejection(
  context: ServiceContext,
  upload: Pick<Upload, "workspace" | "name">,
  error: unknown,
): Promise<void> {
  if (!(error instanceof AppError) || !isDocumentError(error.code)) return;
  const { code, detail } = failureOf(error);
  try {
    await recordRejection(context.sql, upload.workspace, {
      name: cleanName(upload.name),
      code,
      detail,
    });
    context.change.wakeAll();
  } catch (failure) {
    context.log.warn({ err: failure }, "a rejection could not be recorded");
  }
}

/** A file of this machine as an upload: the sample deck. */
export const fileContent = (path: string): Readable => createReadStream(path);
