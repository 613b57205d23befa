import { randomBytes } from "node:crypto";
import { addPipeline } from "../../src/db/submissions.ts";
import {
  type ControlPlane,
  doneOutcome,
  registerWorker,
  type TestWorker,
} from "./control-plane.ts";
import { slideOf } from "./slides.ts";

/** What a deck of a test says; what is absent is not stated. */
export interface ToldDeck {
  readonly name: string;
  readonly slides: readonly string[];
  /** Of its bytes; no other deck has them unless it is given. */
  readonly sha256?: string;
  readonly workspace?: string;
  readonly company?: string | null;
  readonly ask?: { readonly amount: number; readonly currency: string } | null;
  readonly date?: string | null;
  readonly score?: number;
  readonly conflicts?: number;
  readonly findings?: Readonly<Record<number, readonly string[]>>;
}

const finding = (slide: number) => (what: string) => ({
  ...{ rule: "opinion", severity: "major", what, why: "w", fix: "f", measure: null },
  evidence: [{ slide, quote: what, grounded: false }],
});

function resultOf(task: string, deck: ToldDeck): Record<string, unknown> {
  const said = (value: unknown, conflicts = 0) => ({
    ...{ value, confidence: 0.9, note: null },
    conflicts: Array.from({ length: conflicts }, () => ({ value, evidence: [] })),
    evidence: deck.slides.flatMap((text, at) =>
      typeof value === "string" && text.includes(value)
        ? [{ slide: at + 1, quote: value, grounded: true }]
        : [],
    ),
  });
  if (task === "visual_analysis") {
    return { slides: deck.slides.map((text, at) => slideOf(at + 1, text)) };
  }
  if (task === "slide_feedback") {
    const slides = deck.slides.map((_, at) => ({
      ...{ slide: at + 1, figures: [] },
      findings: (deck.findings?.[at + 1] ?? []).map(finding(at + 1)),
    }));
    return { slides, deck: [] };
  }
  if (task !== "extractions_and_template") {
    const nothing = { summary: null, score: null, claims: [], missing: [] };
    return { applicable: false, reason: "It says nothing of it.", ...nothing };
  }
  const ask = deck.ask ? { ...deck.ask, round: null } : null;
  const extractions = {
    startup_name: said(deck.company ?? null, deck.conflicts),
    ...{ company_offering: said(null), deck_date: said(deck.date ?? null) },
    ...{ healthcare: said({ is_healthcare: true, sector: null }), funding_amount: said(ask) },
  };
  return { extractions, template: { template: "general", chapters: [], score: deck.score ?? 3 } };
}

/** Decks come in and are read as they tell, by containers of a test. */
export async function createDeckReader(plane: ControlPlane) {
  const workers: TestWorker[] = [
    await registerWorker(plane.app),
    await registerWorker(plane.app, { pool: "text" }),
  ];
  const decks = new Map<string, ToldDeck>();
  return {
    /** Answers the document's id; nothing of it is read yet. */
    async submit(deck: ToldDeck): Promise<string> {
      const { document } = await addPipeline(plane.context.sql, {
        ...{ workspace: deck.workspace ?? "default", name: deck.name, pack: "pitch-deck" },
        ...{
          sha256: deck.sha256 ?? randomBytes(32).toString("hex"),
          bytes: 1000,
          pages: deck.slides.length,
        },
        ...{ priority: 5, idempotencyKey: null },
      });
      decks.set(document, deck);
      plane.context.change.wakeAll();
      return document;
    },
    /** Does all work there is. */
    async read(): Promise<void> {
      for (let leased = 1; leased > 0; ) {
        leased = 0;
        for (const worker of workers) {
          await worker.beat();
          for (const lease of (await worker.lease(8)).leases) {
            leased += 1;
            const deck = decks.get(lease.document.id);
            if (deck === undefined) throw new Error(`nobody told of ${lease.document.id}`);
            await worker.settle(lease, doneOutcome(resultOf(lease.task, deck)));
          }
        }
      }
    },
  };
}
