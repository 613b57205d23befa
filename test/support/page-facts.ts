import type { PageFacts } from "../../src/pdf/types.ts";
import { unreadFacts } from "../../src/pdf/unread-facts.ts";

/** Facts of a page on which nothing was found but what is given. */
export const pageFacts = (given: Partial<PageFacts> = {}): PageFacts => ({
  ...unreadFacts({ page: 1, widthPoints: 960, heightPoints: 540 }),
  characters: (given.lines ?? []).reduce((sum, { text }) => sum + text.length, 0),
  ...given,
});
