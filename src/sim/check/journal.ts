import type { Journal } from "../engine/scene.ts";

const linesMax = 60;

/** The last things that happened, each with its instant. */
export function createJournal(nowMs: () => number): Journal {
  const lines: string[] = [];
  return {
    note(text) {
      lines.push(`${(nowMs() / 1000).toFixed(3)} s  ${text}`);
      if (lines.length > 2 * linesMax) lines.splice(0, linesMax);
    },
    tell: () => lines.slice(-linesMax).join("\n"),
  };
}
