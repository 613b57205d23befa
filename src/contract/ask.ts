import { z } from "zod";

export const askBody = z
  .object({ question: z.string().trim().min(1).max(500) })
  .meta({ id: "Question" });

/** What one document says to a question. Nothing of it is kept. */
export const askAnswer = z
  .object({
    document: z.string(),
    question: z.string(),
    /** null: the deck does not say. */
    answer: z.string().nullable(),
    /** What the answer stands on; each was found on the slide it names. */
    quotes: z.array(z.object({ slide: z.int().min(1), quote: z.string() })),
    /** Who answered: rules over words and results, or a model. */
    engine: z.object({
      name: z.enum(["built_in", "ollama", "openai"]),
      model: z.string().nullable(),
    }),
    /** A field that was read, a question of the template, words of the slides, or a model. */
    from: z.enum(["field", "template", "slides", "model"]),
    /** What a reader has to know: that a model failed, or that its quotes were not found. */
    notes: z.array(z.string()),
    /** false: the document is still being read, and later more may be said. */
    complete: z.boolean(),
    seconds: z.number(),
  })
  .meta({ id: "AskAnswer" });
export type AskAnswer = z.infer<typeof askAnswer>;
