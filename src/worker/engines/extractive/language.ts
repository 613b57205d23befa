import { stopWords } from "./terms/stop-words.ts";

const counted = Object.values(stopWords).flatMap((words) => [...new Set(words)]);

/** Words of several languages and single letters tell little. */
const weightOf = (word: string): number =>
  (word.length === 1 ? 0.4 : 1) / counted.filter((other) => other === word).length;

const sets = Object.entries(stopWords).map(([code, words]) => ({
  code,
  weights: new Map(words.map((word) => [word, weightOf(word)])),
}));
const hitsMin = 2.5;

/** ISO 639-1 code by its small words, or null when the text is too short or undecided. */
export function languageOf(text: string): string | null {
  const tokens = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = sets
    .map(({ code, weights }) => ({
      code,
      hits: tokens.reduce((sum, token) => sum + (weights.get(token) ?? 0), 0),
    }))
    .sort((a, b) => b.hits - a.hits);
  const [first, second] = counts;
  if (!first || first.hits < hitsMin) return null;
  // Neighbours share many small words, so a tie is no answer.
  if (second && first.hits < second.hits * 1.15) return null;
  return first.code;
}
