import type { Style } from "../style.ts";
import { cell, oneLine, wrap } from "../text.ts";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do about it; null when nothing is wrong. */
  readonly fix: string | null;
}

const columns = 80;
const label = 21;

/** A line or more a check, and one sentence at the end. */
export function doctorText(checks: readonly Check[], style: Style): string {
  const lines = checks.flatMap((check) => checkLines(check, style));
  const failed = checks.filter(({ result }) => result === "fail").length;
  const end =
    failed === 0 ? "Ready to start." : `${failed} of ${checks.length} checks failed: see above.`;
  return [...lines, "", end].join("\n");
}

function checkLines({ name, result, detail, fix }: Check, style: Style): string[] {
  const { colors } = style;
  const tint = { ok: colors.green, warn: colors.yellow, fail: colors.red }[result];
  const texts = [detail, ...(fix === null ? [] : [`-> ${fix}`])];
  const [first = "", ...more] = texts.flatMap((text) => wrap(oneLine(text), columns - label));
  const head = `${tint(cell(result, 5, style))} ${cell(name, label - 6, style)}${first}`;
  return [head, ...more.map((line) => " ".repeat(label) + line)];
}
