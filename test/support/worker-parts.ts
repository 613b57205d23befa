import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Lease, TaskPack } from "../../src/contract/worker-protocol.ts";
import { AppError } from "../../src/errors/app-error.ts";
import type { PageFacts, PdfDocument } from "../../src/pdf/types.ts";
import { createLog, type Log } from "../../src/telemetry/log.ts";
import type { Engine, SeeRequest, ThinkRequest } from "../../src/worker/engines/engine.ts";
import { pageFacts } from "./page-facts.ts";

export const quiet: Log = createLog({ name: "test", level: "silent", destination: 2 });

/** The bytes of a document of the fake reader: its pages' words, a page a line. */
export const pagesOf = (...words: string[]): Buffer => Buffer.from(words.join("\n"));

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const factsOf = (page: number, text: string): PageFacts =>
  pageFacts({
    page,
    lines: [{ text, x: 0.1, y: 0.1, width: 0.5, height: 0.1, size: 0.05, bold: false }],
  });

export interface FakePdf {
  readonly openPdf: (file: string, signal: AbortSignal) => Promise<PdfDocument>;
  /** Every page that was drawn, in order. */
  readonly drawn: number[];
  readonly open: () => number;
}

/** Reads files of `pagesOf`: no child process, and a page named `broken` cannot be drawn. */
export function fakePdf(): FakePdf {
  const drawn: number[] = [];
  let open = 0;
  const openPdf = async (file: string): Promise<PdfDocument> => {
    const pages = (await readFile(file, "utf8")).split("\n");
    if (pages[0] === "not a pdf") throw new AppError("NOT_A_PDF");
    open += 1;
    return {
      pages: pages.length,
      render: async (page) => {
        drawn.push(page);
        const text = pages[page - 1] ?? "";
        if (text === "broken") throw new AppError("RENDER_FAILED", `Page ${page}.`);
        const jpeg = Buffer.from(`jpeg of ${page}`);
        const size = { widthPixels: 1280, heightPixels: 720 };
        return { page, jpeg, ...size, facts: factsOf(page, text), drawnBy: "pdfium" };
      },
      read: async (page) => factsOf(page, pages[page - 1] ?? ""),
      close: async () => {
        open -= 1;
      },
    };
  };
  return { openPdf, drawn, open: () => open };
}

export interface TinyEngine extends Engine {
  readonly seen: SeeRequest[];
  readonly thought: ThinkRequest[];
  forgot: boolean;
  closed: boolean;
}

export interface TinyEngineOptions {
  readonly see?: (request: SeeRequest, signal: AbortSignal) => Promise<unknown>;
  readonly think?: (request: ThinkRequest, signal: AbortSignal) => Promise<unknown>;
  readonly load?: Engine["load"];
  readonly name?: Engine["ref"]["name"];
}

/** Says back what stands on the page; a test replaces what it is about. */
export function tinyEngine(options: TinyEngineOptions = {}): TinyEngine {
  const answer = (value: unknown) => ({ value, promptTokens: null, outputTokens: null });
  const engine: TinyEngine = {
    ref: { name: options.name ?? "ollama", model: "tiny" },
    slots: 8,
    seen: [],
    thought: [],
    forgot: false,
    closed: false,
    load: options.load ?? (async () => undefined),
    see: async (request, signal) => {
      engine.seen.push(request);
      return answer(await (options.see ?? seeing)(request, signal));
    },
    think: async (request, signal) => {
      engine.thought.push(request);
      return answer(await (options.think ?? thinking)(request, signal));
    },
    forget: () => {
      engine.forgot = true;
    },
    healthy: async () => ({ ok: true, detail: null }),
    close: async () => {
      engine.closed = true;
    },
  };
  return engine;
}

export async function seeing(request: SeeRequest): Promise<unknown> {
  const text = request.facts.lines.map((line) => line.text).join("\n");
  if (request.task === "visual_analysis") {
    return { title: text, text, description: "A page.", kind: "other", visuals: [] };
  }
  const evidence = [{ quote: text }];
  return { findings: [{ severity: "note", what: "w", why: "y", fix: "f", evidence }] };
}

export async function thinking({ ask, slides }: ThinkRequest): Promise<unknown> {
  const first = slides[0];
  const evidence = [{ slide: first?.slide ?? 1, quote: first?.text ?? "" }];
  if (ask.kind === "extractions") {
    const none = { value: null, confidence: 0, evidence: [] };
    return {
      startup_name: { value: "Tiny", confidence: 1, evidence },
      company_offering: none,
      healthcare: {
        value: { is_healthcare: true, sector: null },
        confidence: 1,
        evidence,
      },
      funding_amount: none,
      deck_date: none,
    };
  }
  if (ask.kind === "template") {
    const questions = ask.chapter.questions.map(({ id }) => ({
      id,
      answer: "Yes.",
      score: 4,
      reason: "It says so.",
      evidence,
    }));
    return { questions };
  }
  return { applicable: true, claims: [{ claim: "c", kind: "k", status: "stated", evidence }] };
}

const question = (id: string) => ({
  id,
  question: `${id}?`,
  strong: "s",
  adequate: "a",
  weak: "w",
  hints: ["h"],
  slides: [],
});

/** A pack with the prompts, schemas and template every step asks for. */
export const tinyPack: TaskPack = {
  name: "tiny",
  version: 3,
  prompts: Object.fromEntries(
    [
      ["see_slide", "Slide {{slide}} of {{slides}}."],
      ["slide_feedback", "Feedback on {{slide}} of {{slides}}."],
      ["extractions", "Five facts of {{slides}} slides: {{deck}}"],
      ["template_chapter", "{{questions}}\n{{deck}}"],
      ["clinical", "{{deck}}"],
      ["regulatory", "{{deck}}"],
      ["science", "{{deck}}"],
    ].map(([name, text]) => [name, text]),
  ),
  schemas: Object.fromEntries(
    ["slide_analysis", "slide_feedback", "extractions", "template_chapter", "specialised"].map(
      (name) => [name, { type: "object" }],
    ),
  ),
  template: {
    name: "general",
    title: "General",
    for: null,
    extends: null,
    chapters: [
      { id: "one", title: "One", weight: 1, questions: [question("P1"), question("P2")] },
      { id: "two", title: "Two", weight: 3, questions: [question("S1")] },
    ],
  },
  templates: [],
};

let leases = 0;

/** A lease of a document of the fake reader; its bytes lie at `/documents/<sha256>`. */
export function leaseOf(task: string, document: Buffer, rest: Partial<Lease> = {}): Lease {
  leases += 1;
  return {
    id: `1-${leases}`,
    task,
    layer: 1,
    workspace: "default",
    pipeline: "pipeline-1",
    generation: 1,
    attempt: 1,
    deadline: "2030-01-01T00:00:00Z",
    timeoutSeconds: 60,
    stallSeconds: 30,
    document: {
      id: "document-1",
      name: "deck.pdf",
      sha256: sha256(document),
      bytes: document.byteLength,
      pages: document.toString().split("\n").length,
      url: `/documents/${sha256(document)}`,
    },
    pack: tinyPack,
    finished: {},
    handoff: null,
    upstream: {},
    ...rest,
  };
}

/** How long a text task looks for visual results. */
export const patience = { handoffMs: 30_000, communicationMs: 15_000 } as const;

/** An engine whose calls never return, and the moment one of them has begun. */
export function hanging() {
  const begun = gate();
  const see = (): Promise<unknown> => {
    begun.open();
    return new Promise(() => undefined);
  };
  return { see, begun: begun.opened };
}

/** A promise and the hand that resolves it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
