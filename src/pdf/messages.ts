import type { ErrorCode } from "../errors/codes.ts";
import type { PageFacts, PdfLimits, RenderedPage } from "./types.ts";

/** Parent to reader. One request at a time; the answer carries the same id. */
export type ReaderRequest =
  | {
      readonly id: number;
      /** Gives PDFium a new memory, for another document. Answered by the bytes the process holds. */
      readonly kind: "renew";
    }
  | {
      readonly id: number;
      readonly kind: "open";
      readonly file: string;
      /** Opens a locked file by its password, and writes a copy without one. */
      readonly lock?: Lock | undefined;
      readonly limits: PdfLimits;
    }
  | {
      readonly id: number;
      readonly kind: "read";
      /** From 1. */
      readonly page: number;
    }
  | {
      readonly id: number;
      readonly kind: "render";
      /** From 1. */
      readonly page: number;
      readonly longEdgePixels: number;
      readonly limits: PdfLimits;
    };

export interface Opened {
  readonly pages: number;
  /** Width and height of each page in points, as shown; 0 by 0 for one that has none. */
  readonly sizes: readonly PageSize[];
  /** A copy without the password was written. */
  readonly unlocked: boolean;
}

export interface Lock {
  readonly target: string;
  readonly password: string;
}

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** Reader to parent. `broken`: the reader must not be used again. */
export type ReaderReply =
  | { readonly kind: "ready" }
  | {
      readonly kind: "value";
      readonly id: number;
      readonly value: Opened | RenderedPage | PageFacts | number;
    }
  | {
      readonly kind: "failure";
      readonly id: number;
      readonly code: ErrorCode;
      readonly detail: string | null;
      readonly broken: boolean;
    };

/** A drawn page before it is a JPEG: three bytes a pixel, red first. */
export interface Bitmap {
  readonly pixels: Uint8Array;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** Thread to the main thread of the reader. */
export type ThreadReply =
  | Exclude<ReaderReply, { kind: "value" }>
  | { readonly kind: "renewed"; readonly id: number }
  | { readonly kind: "read"; readonly id: number; readonly value: PageFacts }
  | { readonly kind: "opened"; readonly id: number; readonly value: Opened }
  | {
      readonly kind: "drawn";
      readonly id: number;
      readonly facts: PageFacts;
      readonly bitmap: Bitmap;
    };
