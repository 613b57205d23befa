import type { DocumentPlan } from "../contract/document-plan.ts";
import { AppError, type Failure, failureOf } from "../errors/app-error.ts";
import { mayBePresentation, probe, sha256Of } from "../pdf/index.ts";
import type { Api } from "./api-client.ts";
import { type Entry, isAboutServer } from "./entries.ts";

/** What a file would take, or why it would be refused. */
export interface PlannedFile {
  readonly name: string;
  readonly plan: DocumentPlan | null;
  readonly refusal: Failure | null;
}

/** Counts the pages here and asks the server: nothing is sent but the count and the hash of the bytes. */
export async function planFile(
  api: Api,
  { name, path, wishes }: Entry,
  signal: AbortSignal,
): Promise<PlannedFile> {
  try {
    if (path === null) throw new AppError("NO_FILE");
    const facts = await factsOf(path);
    const plan = await api.plan({ ...facts, pack: wishes.pack }, signal);
    return { name, plan, refusal: null };
  } catch (error) {
    signal.throwIfAborted();
    if (isAboutServer(error)) throw error;
    return { name, plan: null, refusal: failureOf(error) };
  }
}

/** A presentation is made a PDF by the server: its slides are counted there. */
async function factsOf(path: string): Promise<{ pages?: number; sha256: string }> {
  const isPresentation = await mayBePresentation(path).catch((error: unknown) => {
    throw new AppError("FILE_UNREADABLE", path, { cause: error });
  });
  if (isPresentation) return { sha256: await sha256Of(path) };
  const { pages, sha256 } = await probe(path);
  return { pages, sha256 };
}
