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

/** Whoever asks sees what came so lately even before the control plane that leads has taken it in. */
const lookBackMs = 300_000;
/** Clocks of transactions: one that began long before it ended has an older time than others. */
const overlapMs = 60_000;

interface Look {
  /** null: of all. */
  readonly workspace: string | null;
  readonly after?: number;
  /** Only where something came within so long; null: everything. */
  readonly newsMs: number | null;
  readonly signal?: AbortSignal;
}

/** Brings the portfolio of one workspace up to what came lately, as far as one look reaches. */
export const catchUp = (
  context: Pick<ServiceContext, "sql" | "log">,
  workspace: string,
): Promise<CaughtUp> => look(context, { workspace, newsMs: lookBackMs });

/** Brings the portfolio up to results and reviews, as far as one look reaches. */
async function look(
  context: Pick<ServiceContext, "sql" | "log">,
  { workspace, after = 0, newsMs, signal }: Look,
): Promise<CaughtUp> {
  const limit = batchMax;
  const pending = await readPendingDecks(context.sql, { limit, after, workspace, newsMs });
  for (const deck of pending) {
    if (signal?.aborted) return { after: null };
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

/**
 * Takes in what has changed, soon after it has. At its start, and after it failed, it looks at everything once:
 * what a restore or an older version left, and what came while nobody led.
 */
export function createPortfolioIndex(
  context: ServiceContext,
  { everyMs }: { readonly everyMs: number },
): Service {
  let stopping = new AbortController();
  /** Up to when everything is taken in, on the clock of this process; null: not known. */
  let upToMs: number | null = null;
  const inner = loop({
    name: "portfolio",
    everyMs,
    tick: async () => {
      const { signal } = stopping;
      const nowMs = context.clock.nowMs();
      const newsMs = upToMs === null ? null : nowMs - upToMs + overlapMs;
      upToMs = null;
      for (let after: number | null = 0; after !== null; ) {
        ({ after } = await look(context, { workspace: null, after, newsMs, signal }));
      }
      if (!signal.aborted) upToMs = nowMs;
    },
    onError: (error) => context.log.error({ err: error }, "the portfolio was not brought up"),
  });
  return {
    name: inner.name,
    async start() {
      stopping = new AbortController();
      upToMs = null;
      await inner.start();
    },
    async stop() {
      stopping.abort();
      await inner.stop();
    },
  };
}
