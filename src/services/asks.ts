import { type AskedDeck, answerByRules, type Quote, standing } from "../core/ask/answer.ts";
import { askedDeckOf } from "../core/ask/asked-deck.ts";
import type { DocumentRow } from "../db/documents.ts";
import { readResults } from "../db/visual-results.ts";
import { AppError } from "../errors/app-error.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { ServiceContext } from "./context.ts";
import type { Documents } from "./documents.ts";
import { standingReviews } from "./reviews.ts";

/** A text model that may be asked about one deck. */
export interface DeckAsker {
  readonly engine: { readonly name: "ollama" | "openai"; readonly model: string | null };
  /**
   * @param slides of one document, as they were read
   * @throws AppError, or the signal's reason
   */
  ask(question: string, slides: readonly unknown[], signal: AbortSignal): Promise<ModelSaid>;
}

export interface ModelSaid {
  /** null: it found nothing. */
  readonly answer: string | null;
  /** As the model gives them: not checked. */
  readonly quotes: readonly Quote[];
}

export interface AskOptions {
  /** null: no model server is reachable from here. */
  readonly asker: DeckAsker | null;
  /** A model that takes longer is not waited for. */
  readonly modelMsMax: number;
}

/** Of an installation's questions so many go to the model at once; more wait. */
const asksMax = 2;

const builtIn = { name: "built_in", model: null } as const;

/** Questions to one document, answered from nothing but that document. Nothing is stored. Throws DOCUMENT_NOT_FOUND. */
export function createAsks(
  context: ServiceContext,
  documents: Pick<Documents, "find">,
  { asker, modelMsMax }: AskOptions,
) {
  const places = createSemaphore(asksMax);
  return {
    async ask(workspace: string, id: string, question: string, signal: AbortSignal) {
      const startedMs = context.clock.nowMs();
      const row = await documents.find(workspace, id);
      const { deck, slides } = await readDeck(context, row);
      const said = (told: Told) => ({
        ...{ document: row.document, question, complete: row.finishedAt !== null, ...told },
        seconds: (context.clock.nowMs() - startedMs) / 1000,
      });
      const byRules = (notes: string[] = []) =>
        said({ ...answerByRules(question, deck), engine: builtIn, notes });
      if (deck.slides.length === 0) return byRules(["No slide of it has been read yet."]);
      if (asker === null) return byRules();
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(modelMsMax)]);
        const answer = await places.run(() => asker.ask(question, slides, limit));
        return said({ ...checked(answer, deck), engine: asker.engine });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        context.log.warn({ err: error, document: row.document }, "a model did not answer");
        const { model, name } = asker.engine;
        const why = error instanceof AppError ? error.message : "It took too long.";
        return byRules([`${model ?? name} did not answer, so the built-in rules did. ${why}`]);
      }
    },
  };
}
export type Asks = ReturnType<typeof createAsks>;

interface Told {
  readonly answer: string | null;
  readonly quotes: Quote[];
  readonly engine: { name: "built_in" | "ollama" | "openai"; model: string | null };
  readonly from: "field" | "template" | "slides" | "model";
  readonly notes: string[];
}

/** Only quotes that stand on their slides; an answer without any is a guess, and not shown. */
function checked({ answer, quotes }: ModelSaid, deck: AskedDeck): Omit<Told, "engine"> {
  const found = answer === null ? [] : standing(quotes, deck.slides);
  const dropped = answer === null ? 0 : quotes.length - found.length;
  const isGuess = answer !== null && found.length === 0;
  return {
    ...{ answer: isGuess ? null : answer, quotes: found, from: "model" },
    notes: isGuess
      ? ["The model answered without a quote that stands on a slide; that answer is not shown."]
      : dropped > 0
        ? [`${dropped} of its quotes did not stand on their slides and are left out.`]
        : [],
  };
}

/** Results of this document's newest pipeline, and of nothing else. */
async function readDeck(
  { sql }: ServiceContext,
  row: DocumentRow,
): Promise<{ deck: AskedDeck; slides: readonly unknown[] }> {
  const rows = await readResults(sql, row.pipelineId);
  const results = Object.fromEntries(rows.map(({ task, result }) => [task, result]));
  const { slides = [] } = (results.visual_analysis ?? {}) as { slides?: readonly unknown[] };
  return { slides, deck: askedDeckOf(results, await standingReviews(sql, row.id)) };
}
