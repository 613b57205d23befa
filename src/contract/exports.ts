import { z } from "zod";

/** What a document's results can be had as: pages to print, text to read, data, a table. */
export const exportFormats = ["html", "md", "json", "csv"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportQuery = z.object({
  format: z.enum(exportFormats),
  /** Absent: the newest. */
  generation: z.coerce.number().int().min(1).max(1_000_000).optional(),
  /** Only of this task. */
  task: z.string().min(1).max(64).optional(),
  /** Only of this slide. */
  slide: z.coerce.number().int().min(1).max(100_000).optional(),
});
