/**
 * Something that has happened, told once and in order of time: what a policy learns from. All instants
 * are milliseconds of the clock of the observations. A scaler that starts anew tells the facts of
 * the past again, from the database.
 */
export type Fact =
  | {
      readonly kind: "uploaded";
      readonly atMs: number;
      readonly pipeline: string;
      readonly slides: number | null;
    }
  /** One slide of `visual_analysis`. */
  | {
      readonly kind: "slide-done";
      readonly atMs: number;
      readonly pipeline: string;
      readonly tookMs: number;
    }
  /** `visual_analysis` is done: its text work is ready from now on. */
  | { readonly kind: "text-needed"; readonly atMs: number; readonly pipeline: string }
  /** The first text task of a pipeline began. */
  | { readonly kind: "text-started"; readonly atMs: number; readonly pipeline: string }
  | {
      readonly kind: "task-done";
      readonly atMs: number;
      readonly pipeline: string;
      readonly pool: string;
      readonly task: string;
      readonly tookMs: number;
    }
  | { readonly kind: "pipeline-ended"; readonly atMs: number; readonly pipeline: string }
  /** A start came to its end: `tookMs` from the request. */
  | {
      readonly kind: "start-ended";
      readonly atMs: number;
      readonly pool: string;
      readonly replica: string;
      /** `stopped`: taken back before it was ready, so it only says that the start takes longer. */
      readonly how: "ready" | "failed" | "stopped";
      readonly tookMs: number;
      /** How long the name had been off before; null: for ever, as far as anybody knows. */
      readonly offMs: number | null;
    }
  /** A replica that was ready is no more. */
  | {
      readonly kind: "replica-ended";
      readonly atMs: number;
      readonly pool: string;
      readonly replica: string;
      readonly how: "stopped" | "failed";
      /** Whether it ever worked since it was ready. */
      readonly worked: boolean;
    };
