import { z } from "zod";
import { isoDate, sectors } from "./results.ts";

/**
 * An evaluation set: `truth.json` beside the PDFs, a list of one object a deck. null: the deck does not
 * say it. A key that is left out is not judged. Unknown keys are notes and are kept out of the way.
 */
const amount = z.number().nonnegative();

export const deckTruth = z.object({
  file: z.string().min(1),
  /** Accepted spellings; case, blanks and punctuation do not matter. */
  startup_name: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).nullish(),
  offering: z.string().nullish(),
  is_healthcare: z.boolean().nullish(),
  sector: z.enum(sectors).nullish(),
  funding_amount: z
    .object({
      /** One figure, or [low, high]. */
      amount: z.union([amount, z.tuple([amount, amount])]),
      /** null: the deck does not say which, and any answer counts. */
      currency: z
        .string()
        .regex(/^[A-Za-z]{3}$/, "must be a code of three letters, such as EUR")
        .nullable(),
      round: z.string().nullable(),
    })
    .nullish(),
  /** As precise as the deck: 2026, 2026-05 or 2026-05-04. */
  deck_date: z.string().regex(isoDate, "must be a year, year-month or date").nullish(),
});
export type DeckTruthEntry = z.infer<typeof deckTruth>;

export const evaluationSet = z.array(deckTruth).min(1);
