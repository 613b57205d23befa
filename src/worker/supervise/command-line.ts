import { AppError } from "../../errors/app-error.ts";

/**
 * The words of a command line: parted by blanks, kept together by single or double quotes. No shell reads
 * it. Throws CONFIG_INVALID when there is no word, or a quote has no end.
 */
export function wordsOf(line: string): readonly [string, ...string[]] {
  const pieces = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+|["']/g) ?? [];
  const words = pieces.map((piece) => piece.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  const [first, ...rest] = words;
  const isOpen = pieces.some((piece) => piece === '"' || piece === "'");
  if (first === undefined || first === "" || isOpen) throw unreadable(line);
  return [first, ...rest];
}

const unreadable = (line: string): AppError =>
  new AppError("CONFIG_INVALID", `PILOTLIGHT_MODEL_SERVER is no command line: ${line}`);
