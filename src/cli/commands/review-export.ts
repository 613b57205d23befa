import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DocumentSummary } from "../../contract/documents.ts";
import type { DeckTruthEntry } from "../../contract/evaluation.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Api } from "../api-client.ts";
import { type Context, runningApi } from "../context.ts";
import { joinedTruth, type ReviewedTruth, reviewedTruth } from "../eval/reviewed-truth.ts";
import { exitCodes } from "../exit-codes.ts";
import { plural } from "../text.ts";

interface Deck {
  readonly document: DocumentSummary;
  readonly reviewed: ReviewedTruth;
}

/**
 * Writes the PDFs whose fields were verified or corrected, with `truth.json`, into a new folder. A file that
 * was sent several times stands there once; of each field the newest document's word counts.
 */
export async function reviewExport(
  context: Context,
  options: { readonly to: string; readonly pack: string },
): Promise<number> {
  const { output, interrupt, cwd } = context;
  const folder = resolve(cwd, options.to);
  await checkNew(folder, options.to);
  const api = await runningApi(context);
  const decks = await reviewedDecks(api, options.pack, interrupt.signal);
  if (decks.length === 0) {
    throw new AppError("REVIEW_NOTHING_TO_EXPORT", `Pack ${options.pack}.`);
  }
  await mkdir(folder, { recursive: true });
  const entries: DeckTruthEntry[] = [];
  const taken = new Set<string>();
  for (const { document, reviewed } of decks) {
    const file = fileName(document.name, taken);
    await writeFile(join(folder, file), await api.file(document.id, interrupt.signal));
    entries.push({ file, ...reviewed.truth });
  }
  await writeFile(join(folder, "truth.json"), `${JSON.stringify(entries, null, 2)}\n`);
  const fields = entries.reduce((sum, entry) => sum + Object.keys(entry).length - 1, 0);
  if (output.json) output.object("reviewExport", { folder, decks: entries.length, fields });
  else {
    output.data(`Written: ${folder}, ${plural(entries.length, "deck")} with ${plural(fields, "field")}.
Judge with it: pilotlight eval --decks ${options.to}`);
  }
  return exitCodes.ok;
}

async function checkNew(folder: string, given: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new AppError("USAGE", `--to ${given}: cannot be used (${error.code})`);
  });
  if (there.length > 0) throw new AppError("USAGE", `--to ${given}: the folder is not empty`);
}

const pageSize = 200;

/** Newest first, one a file. */
async function reviewedDecks(api: Api, pack: string, signal: AbortSignal): Promise<Deck[]> {
  const bySha = new Map<string, Deck>();
  let cursor: string | undefined;
  do {
    const page = await api.list({ limit: pageSize, cursor }, signal);
    for (const document of page.documents) {
      if (document.pipeline.pack.name !== pack || document.pipeline.finishedAt === null) continue;
      const reviewed = reviewedTruth((await api.reviews.list(document.id, signal)).items);
      if (reviewed.about.length === 0) continue;
      const newer = bySha.get(document.sha256);
      bySha.set(
        document.sha256,
        newer === undefined
          ? { document, reviewed }
          : { document: newer.document, reviewed: joinedTruth(newer.reviewed, reviewed) },
      );
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return [...bySha.values()].filter(({ reviewed }) => Object.keys(reviewed.truth).length > 0);
}

/** Of a document's name: safe as a file's, ending in `.pdf`, and not yet taken. */
function fileName(name: string, taken: Set<string>): string {
  const safe = name
    .replace(/\.[a-z0-9]{1,5}$/i, "")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 80);
  for (let n = 1; ; n += 1) {
    const file = `${safe || "deck"}${n === 1 ? "" : `-${n}`}.pdf`;
    // Some file systems do not tell upper from lower case.
    if (taken.has(file.toLowerCase())) continue;
    taken.add(file.toLowerCase());
    return file;
  }
}
