import type { Problem } from "../api/types.ts";

/** What an upload row needs to say no: code, sentence, next step. */
export type Refusal = Pick<Problem, "code" | "title" | "next"> & { readonly detail?: string };

/** No setting allows more; whether less is taken, the server knows and says. */
export const uploadBytesMax = 2 ** 31;

/**
 * What can be refused before a byte is sent. The server has the last word, so this refuses only
 * what it is sure to refuse: `head` is the start of the file, where a header would stand.
 */
export function refusalOf(
  file: { readonly name: string; readonly size: number; readonly type: string },
  head: string,
): Refusal | null {
  if (file.size === 0) {
    return {
      code: "EMPTY_FILE",
      title: "The file is empty.",
      next: "Export the deck again and upload it.",
    };
  }
  if (file.size > uploadBytesMax) {
    return {
      code: "FILE_TOO_LARGE",
      title: "The file is larger than 2 GB.",
      next: "Export with smaller images.",
    };
  }
  const named = file.type === "application/pdf" || file.name.toLowerCase().endsWith(".pdf");
  // A zip may be a presentation, which the server makes a PDF.
  if (!named && !head.includes("%PDF-") && !head.startsWith("PK\u0003\u0004")) {
    return {
      code: "NOT_A_PDF",
      title: "The file is not a PDF.",
      next: "Export the deck as PDF and upload that.",
    };
  }
  return null;
}

/** How much of each end of a file is looked through for its encryption. */
export const lookedThroughBytes = 64 * 1024;

/**
 * Whether a PDF says that it is encrypted: its trailer names the dictionary. Many such files open without
 * a password, so this is a hint and no refusal.
 */
export const isProtected = (ends: string): boolean => /\/Encrypt\s+\d+\s+\d+\s+R/.test(ends);
