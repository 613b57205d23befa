import { comparisonMarkdown } from "../../core/compare/markdown.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { comparisonText } from "../report/comparison.ts";

/** What has changed from one deck to another. */
export async function compareDecks(
  context: Context,
  a: string,
  b: string,
  options: { readonly md?: boolean | undefined },
): Promise<number> {
  const { output, interrupt } = context;
  const told = await (await runningApi(context)).decks.compare(a, b, interrupt.signal);
  if (output.json) output.object("comparison", told);
  else output.data(options.md ? comparisonMarkdown(told) : comparisonText(told, output.style));
  return exitCodes.ok;
}
