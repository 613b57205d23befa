import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { oneLine } from "../text.ts";

/** One question to one deck. That the deck does not say is an answer, and no failure. */
export async function askDeck(
  context: Context,
  id: string,
  words: readonly string[],
): Promise<number> {
  const { output, interrupt } = context;
  const question = words.join(" ");
  const told = await (await runningApi(context)).decks.ask(id, question, interrupt.signal);
  if (output.json) output.object("answer", told);
  else {
    const { colors } = output.style;
    const quotes = told.quotes.map(
      ({ slide, quote }) => `  ${colors.dim(`slide ${slide}`)}  "${oneLine(quote)}"`,
    );
    const answer = told.answer === null ? "The deck does not say." : oneLine(told.answer);
    output.data([answer, ...quotes].join("\n"));
    for (const note of told.notes) output.say(note);
    if (!told.complete) output.say("It is still being read; later it may say more.");
    output.say(
      told.engine.name === "built_in"
        ? "Found by the built-in rules, which match words and do not understand them."
        : `Answered by ${told.engine.model ?? told.engine.name}; quotes were checked.`,
    );
  }
  return exitCodes.ok;
}
