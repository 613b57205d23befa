import { AppError } from "../../../errors/app-error.ts";

/**
 * The JSON object in what a model wrote. Servers that constrain an answer send it bare; without that,
 * models like to wrap it in a code fence or in a sentence, which changes nothing of what it says. Two
 * objects, or one that does not end, are no answer. Throws MODEL_OUTPUT_INVALID.
 */
export function parseAnswer(text: string): unknown {
  const bare = text.trim();
  const spoken = afterThought(bare);
  for (const candidate of [bare, spoken, fenced(spoken), onlyObject(spoken)]) {
    if (candidate === null) continue;
    try {
      return JSON.parse(candidate);
    } catch {
      // Perhaps the next reading of it is one.
    }
  }
  // The text may hold the deck's words, and the parser's message quotes it: neither goes on.
  throw new AppError("MODEL_OUTPUT_INVALID", `${text.length} characters, not JSON.`);
}

/**
 * Models that think aloud do so before they answer, and many templates open the thought themselves, so
 * that only its end is written. A text that is JSON as it stands is never taken for one.
 */
function afterThought(text: string): string {
  const ends = [...text.matchAll(/<\/(?:think|thinking|thought|reasoning)>|\[\/THINK\]/g)];
  const last = ends.at(-1);
  return last === undefined ? text : text.slice(last.index + last[0].length).trim();
}

function fenced(text: string): string | null {
  const found = [...text.matchAll(/```(?:json)?\s*\n([\s\S]*?)\n?```/gi)];
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}

/** From the first brace to the one that closes it, when no other object follows. */
function onlyObject(text: string): string | null {
  const start = text.indexOf("{");
  const end = start < 0 ? -1 : closingBrace(text, start);
  if (end < 0 || text.includes("{", end)) return null;
  return text.slice(start, end + 1);
}

function closingBrace(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{") depth += 1;
    else if (char === "}") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
