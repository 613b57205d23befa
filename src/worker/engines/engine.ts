import type { EngineRef } from "../../contract/common.ts";
import type { SlideAnalysis } from "../../contract/results.ts";
import type { PackField, Template } from "../../contract/worker-protocol.ts";
import type { TopicName } from "../../packs/steps.ts";
import type { PageFacts } from "../../pdf/types.ts";

export type JsonSchema = Record<string, unknown>;

/** One picture, one question. The page's measured facts travel beside it for engines that measure. */
export interface SeeRequest {
  readonly task: "visual_analysis" | "slide_feedback";
  readonly slide: number;
  readonly slides: number;
  readonly jpeg: Buffer;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly facts: PageFacts;
  readonly prompt: string;
  readonly schema: JsonSchema;
}

/** One question over the whole deck. `ask` names it, so that an engine of rules knows which is meant. */
export interface ThinkRequest {
  readonly ask:
    | { readonly kind: "extractions" }
    | {
        readonly kind: "template";
        readonly chapter: Template["chapters"][number];
      }
    | { readonly kind: TopicName }
    /** Answered as an object: by the field's name `{ value, confidence, evidence, conflicts, note }`. */
    | {
        readonly kind: "fields";
        readonly fields: readonly PackField[];
      };
  readonly slides: readonly SlideAnalysis[];
  /**
   * Still holds the slot `{{deck}}` (`deckSlot` of deck-text.ts): the engine writes the slides there,
   * because only it knows how many fit into one call.
   */
  readonly prompt: string;
  readonly schema: JsonSchema;
}

/** Parsed JSON of the asked schema (not yet validated by the step), with what it cost. */
export interface Answer {
  readonly value: unknown;
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  /** To the model server; a deck longer than its context takes several. Absent: none was needed. */
  readonly calls?: number;
  /** Where the time went, as the model server measured it; summed when a question took several calls. */
  readonly timings?: AnswerTimings;
}

export interface AnswerTimings {
  readonly totalMs: number;
  readonly loadMs: number;
  readonly promptMs: number;
  readonly outputMs: number;
}

export interface EngineProgress {
  readonly phase: "pulling_model" | "loading" | "canary";
  readonly note: string | null;
  /** Of the model, while it is pulled. */
  readonly bytes?: { readonly done: number; readonly total: number } | null;
}

/**
 * Who reads: a model server, or the rules built in. Both calls throw AppError with a code of the
 * registry; neither keeps anything of one document for another.
 */
export interface Engine {
  readonly ref: EngineRef;
  /** Calls that may run at once. */
  readonly slots: number;
  /** Makes it ready: pull, load, canary. Resolves when `see`/`think` may be called. */
  load(onProgress: (progress: EngineProgress) => void, signal: AbortSignal): Promise<void>;
  see(request: SeeRequest, signal: AbortSignal): Promise<Answer>;
  think(request: ThinkRequest, signal: AbortSignal): Promise<Answer>;
  /**
   * Digest of the model's weights as the server names it, once `load` has ended; rules have the word
   * `rules`, for their code is counted already. Absent or null: not known.
   */
  digest?(): string | null;
  /** Drops what it keeps of the pictures it has read. Absent: it keeps nothing. */
  forget?(): void;
  /** Whether what it depends on answers now. */
  healthy(): Promise<{ ok: boolean; detail: string | null }>;
  close(): Promise<void>;
}
