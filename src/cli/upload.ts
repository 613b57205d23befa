import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DocumentSummary } from "../contract/documents.ts";
import { AppError } from "../errors/app-error.ts";
import { problemError } from "./problems.ts";

export interface Upload {
  readonly path: string;
  readonly name: string;
  readonly idempotencyKey: string;
  /** The batch it joins. */
  readonly batch?: string | undefined;
  /** Opens a locked PDF. */
  readonly password?: string | undefined;
  readonly pack?: string | undefined;
  readonly priority?: number | undefined;
}

/**
 * Sends one file as the request's body, never held in memory. An early refusal is heard while the file
 * is still being sent. Throws FILE_UNREADABLE, SERVER_UNREACHABLE and what the server answers.
 */
export async function uploadFile(
  url: string,
  headers: Readonly<Record<string, string>>,
  upload: Upload,
  signal: AbortSignal,
): Promise<DocumentSummary> {
  const facts = await fileFacts(upload.path);
  signal.throwIfAborted();
  const address = new URL(url);
  address.searchParams.set("name", upload.name.slice(-255));
  for (const field of ["batch", "pack", "priority"] as const) {
    const value = upload[field];
    if (value !== undefined) address.searchParams.set(field, String(value));
  }
  const send = address.protocol === "https:" ? httpsRequest : httpRequest;
  const request = send(address, {
    method: "POST",
    // A connection of its own: a refused one may be closed while we still write.
    agent: false,
    headers: {
      ...headers,
      // A PDF or a presentation: the server looks what it is.
      "content-type": "application/octet-stream",
      "idempotency-key": upload.idempotencyKey,
      // Not in the address, which servers log.
      ...(upload.password === undefined
        ? {}
        : { "x-document-password": encodeURIComponent(upload.password) }),
      ...(facts.isFile() ? { "content-length": facts.size } : {}),
      // The server is asked first: what it refuses by its size alone is not sent at all.
      expect: "100-continue",
    },
  });
  const onAbort = (): void => {
    request.destroy();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await exchange(request, upload.path, facts);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof AppError) throw error;
    throw new AppError("SERVER_UNREACHABLE", `The upload to ${address.host} broke off.`, {
      cause: error,
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
    request.destroy();
  }
}

/** A file, or something that can be read like one (a pipe). Throws FILE_UNREADABLE. */
async function fileFacts(path: string): Promise<Stats> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === "ENOENT" || error.code === "ENOTDIR";
    throw new AppError(
      "FILE_UNREADABLE",
      missing ? "There is no such file." : `It is not accessible (${error.code ?? error.message}).`,
    );
  });
  if (facts.isDirectory()) throw new AppError("FILE_UNREADABLE", "It is a folder.");
  return facts;
}

async function exchange(
  request: ClientRequest,
  path: string,
  facts: Stats,
): Promise<DocumentSummary> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  // Kept for later: whichever of the two fails first, the other must not go unheard.
  answered.catch(() => undefined);
  const sent = invited(request)
    .then(() => send(request, path, facts))
    .then(
      () => null,
      (error: unknown) => error,
    );
  const first = await Promise.race([answered, sent]);
  if (first instanceof AppError) throw first;
  const { status, body } = await bodyOf(await answered);
  if (status === 202) return (body as { document: DocumentSummary }).document;
  throw problemError(body, status);
}

/** A proxy in between may know nothing of being asked. */
const invitationMs = 1_000;

/** Resolves when the body may be sent; never when the request ends before. */
function invited(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, invitationMs);
    request.once("continue", () => {
      clearTimeout(timer);
      resolve();
    });
    for (const end of ["response", "error", "close"]) request.once(end, () => clearTimeout(timer));
  });
}

/** Fails with FILE_UNREADABLE when the file is at fault, else with what the connection said. */
async function send(request: ClientRequest, path: string, facts: Stats): Promise<void> {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      const changed = facts.isFile() && bytes !== facts.size;
      done(changed ? new AppError("FILE_UNREADABLE", "It changed while it was read.") : null);
    },
  });
  const end = facts.isFile() && facts.size > 0 ? { end: facts.size - 1 } : {};
  const file = createReadStream(path, end);
  file.once("error", (error: NodeJS.ErrnoException) =>
    counted.destroy(new AppError("FILE_UNREADABLE", `It cannot be opened (${error.code}).`)),
  );
  await pipeline(file, counted, request);
}

async function bodyOf(response: IncomingMessage): Promise<{ status: number; body: unknown }> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += String(chunk);
  try {
    return { status: response.statusCode ?? 0, body: JSON.parse(text) };
  } catch {
    return { status: response.statusCode ?? 0, body: null };
  }
}
