import { cellsOf } from "../core/portfolio/cell.ts";
import { companyKey, nameStem } from "../core/portfolio/deck-key.ts";
import {
  type PendingDeck,
  readNewestReview,
  readPendingDecks,
  type SlideWords,
  writeDeck,
} from "../db/portfolio.ts";
import { readResults } from "../db/visual-results.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";
import { standingReviews } from "./reviews.ts";

/** So many at once; the next look follows right away when there are more. */
const batchMax = 50;

/** tsvector and its words have limits far above any slide; what is longer is no slide. */
const wordsMax = 100_000;

export interface CaughtUp {
  /** Where to go on; null: all is taken in. */
  readonly after: number | null;
}

/**
 * Brings the portfolio up to results and reviews, as far as one look reaches.
 * @param workspace of one; null: of all
 */
export async function catchUp(
  context: Pick<ServiceContext, "sql" | "log">,
  workspace: string | null,
  after = 0,
): Promise<CaughtUp> {
  const limit = batchMax;
  const pending = await readPendingDecks(context.sql, { limit, after, workspace });
  for (const deck of pending) {
    // One that cannot be taken in must not stand before the others.
    await takeIn(context, deck).catch((error) =>
      context.log.error({ err: error, document: deck.document }, "a deck is not in the portfolio"),
    );
  }
  return { after: pending.length === limit ? (pending.at(-1)?.document ?? null) : null };
}

async function takeIn({ sql }: Pick<ServiceContext, "sql">, deck: PendingDeck): Promise<void> {
  // Before they are read: what is said meanwhile makes it pending again.
  const review = await readNewestReview(sql, deck.document);
  const rows = await readResults(sql, deck.pipeline);
  const reviews = await standingReviews(sql, deck.document);
  const results = Object.fromEntries(rows.map((row) => [row.task, row.result]));
  const cells = cellsOf(results, reviews);
  const company = cells.find(({ path }) => path === "extractions.startup_name")?.shown ?? null;
  await sql.begin((tx) =>
    writeDeck(tx, {
      ...{ ...deck, review, cells, slides: wordsOf(results) },
      ...{ companyKey: companyKey(company), stem: nameStem(deck.name) },
    }),
  );
}

/** Of any task that reads slides and tells their text. */
function wordsOf(results: Readonly<Record<string, unknown>>): SlideWords[] {
  const slides = Object.values(results).flatMap((result) => {
    const { slides } = (result ?? {}) as { slides?: unknown };
    return Array.isArray(slides) ? slides.filter(hasText) : [];
  });
  return [...new Map(slides.map((one) => [one.slide, one])).values()].map(
    ({ slide, title, text }) => ({
      slide,
      title: typeof title === "string" ? title.slice(0, wordsMax) : null,
      text: text.slice(0, wordsMax),
    }),
  );
}

interface TextSlide {
  readonly slide: number;
  readonly title?: unknown;
  readonly text: string;
}

const hasText = (slide: TextSlide | null): slide is TextSlide =>
  typeof slide?.text === "string" && Number.isInteger(slide.slide) && slide.slide > 0;

/** Takes in what has changed, soon after it has; what a restore or an older version left, at the start. */
export function createPortfolioIndex(
  context: ServiceContext,
  { everyMs }: { readonly everyMs: number },
): Service {
  return loop({
    name: "portfolio",
    everyMs,
    tick: async () => {
      for (let after: number | null = 0; after !== null; ) {
        ({ after } = await catchUp(context, null, after));
      }
    },
    onError: (error) => context.log.error({ err: error }, "the portfolio was not brought up"),
  });
}
