import { z } from "zod";

/**
 * Which of how many files of one deck a document is of, by their first uploads; null where it is told: there is no other
 * file. The same bytes again have the same number: they are another run of the file.
 */
export const deckVersion = z
  .object({ number: z.int().min(1), of: z.int().min(2), deckId: z.string() })
  .meta({ id: "DeckVersion" });
export type DeckVersion = z.infer<typeof deckVersion>;

/** Which of how many documents of the same bytes it is, by upload; null where it is told: the only one. */
export const fileRun = z
  .object({ number: z.int().min(1), of: z.int().min(2) })
  .meta({ id: "FileRun" });
export type FileRun = z.infer<typeof fileRun>;
