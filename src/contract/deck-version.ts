import { z } from "zod";

/** Which of how many uploads of one deck a document is; null where it is told: it is the only one. */
export const deckVersion = z
  .object({ number: z.int().min(1), of: z.int().min(2), deckId: z.string() })
  .meta({ id: "DeckVersion" });
export type DeckVersion = z.infer<typeof deckVersion>;
