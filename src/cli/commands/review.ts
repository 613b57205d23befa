import type { DocumentReviews } from "../../contract/reviews.ts";
import type { ReviewVerdict } from "../../core/review/overlay.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, personName, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { historyText, reviewedText, reviewsText } from "../report/review.ts";

/** What a document says, field by field, with what was said of it. */
export async function reviewLs(
  context: Context,
  id: string,
  options: { readonly all?: boolean | undefined; readonly history?: boolean | undefined },
): Promise<number> {
  const { output, interrupt, flags } = context;
  const reviews = await (await runningApi(context)).reviews.list(id, interrupt.signal);
  if (output.json) output.object("reviews", reviews);
  else if (options.history) output.data(historyText(reviews, output.style, flags.utc));
  else output.data(reviewsText(reviews, output.style, options.all === true));
  return exitCodes.ok;
}

interface Said {
  readonly path: string;
  readonly verdict: ReviewVerdict;
  readonly note?: string | undefined;
}

/** Verifies, flags or takes back. */
export async function reviewAdd(context: Context, id: string, said: Said): Promise<number> {
  return send(context, id, said, undefined);
}

/** Says what is right instead. Its form follows the type of what is corrected. */
export async function reviewCorrect(
  context: Context,
  id: string,
  path: string,
  text: string,
  options: { readonly note?: string | undefined },
): Promise<number> {
  const { interrupt } = context;
  const api = (await runningApi(context)).reviews;
  const type = typeAt(await api.list(id, interrupt.signal), path);
  const said = { path, verdict: "corrected", note: options.note } as const;
  return send(context, id, said, givenValue(text, type));
}

async function send(
  context: Context,
  id: string,
  { path, verdict, note }: Said,
  value: unknown,
): Promise<number> {
  const { output, interrupt } = context;
  const by = personName(context);
  const api = (await runningApi(context)).reviews;
  const reviews = await api.add(
    id,
    {
      ...{ path, verdict, by, note: note ?? null },
      ...(value === undefined ? {} : { value }),
    },
    interrupt.signal,
  );
  const item = reviews.items.find((one) => one.path === path);
  if (item === undefined) throw new AppError("REVIEW_PATH_UNKNOWN", path);
  if (output.json) output.object("reviewed", { document: reviews.document, ...item });
  else output.data(reviewedText(item));
  return exitCodes.ok;
}

const typeAt = (reviews: DocumentReviews, path: string): string | null =>
  reviews.items.find((item) => item.path === path)?.type ?? null;

/** Types whose value is plain text, which needs no quotes. */
const plain: readonly (string | null)[] = ["text", "person", "choice", "date"];

/** JSON where it is JSON; words where words are wanted. `null` is no word: the document does not state it. */
function givenValue(text: string, type: string | null): unknown {
  if (text === "null") return null;
  if (plain.includes(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
