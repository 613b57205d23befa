/** One file as the checks see it; `path` is relative to the repository, with `/` between its parts. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A stretch of a file. Strings, templates and patterns come without their delimiters. */
export interface Piece {
  readonly kind: "code" | "comment" | "string" | "template" | "pattern";
  readonly text: string;
  readonly start: number;
}

const tokens =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`|\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*|[{}]/gy;

/** After one of these a slash opens a pattern; after anything else it divides. */
const opensPattern = /(?:^|[=([{,;:!&|?+\-*%<>~^}]|=>|\b(?:return|case|typeof|in|of|else))\s*$/;

/** Splits TypeScript (or JSX without stray quotes) into pieces, well enough for what is checked here. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  // For each open template: how many braces are open inside its `${}`.
  const depths: number[] = [];
  let at = 0;
  let codeFrom = 0;
  const closeCode = (): void => {
    if (at > codeFrom) push("code", codeFrom, at);
  };
  const push = (kind: Piece["kind"], from: number, to: number): void => {
    pieces.push({ kind, text: text.slice(from, to), start: from });
  };
  /** From inside a template to its end or to the next `${`. */
  const template = (): void => {
    const from = at;
    while (at < text.length && text[at] !== "`" && !text.startsWith("${", at)) {
      at += text[at] === "\\" ? 2 : 1;
    }
    push("template", from, Math.min(at, text.length));
    if (text[at] === "`") at += 1;
    else if (at < text.length) {
      depths.push(0);
      at += 2;
    }
    codeFrom = at;
  };
  while (at < text.length) {
    tokens.lastIndex = at;
    const token = tokens.exec(text)?.[0];
    if (token === undefined) at += 1;
    else if (token === "{" || token === "}") {
      const depth = depths.at(-1);
      if (token === "}" && depth === 0) {
        closeCode();
        depths.pop();
        at += 1;
        template();
      } else {
        if (depth !== undefined) depths[depths.length - 1] = depth + (token === "{" ? 1 : -1);
        at += 1;
      }
    } else if (token === "`") {
      closeCode();
      at += 1;
      template();
    } else if (token.startsWith("/") && !/^\/[/*]/.test(token)) {
      if (opensPattern.test(text.slice(Math.max(0, at - 40), at))) {
        closeCode();
        push("pattern", at + 1, at + token.length - 1);
        at += token.length;
        codeFrom = at;
      } else at += 1;
    } else {
      closeCode();
      if (token.startsWith("/")) push("comment", at, at + token.length);
      else push("string", at + 1, at + token.length - 1);
      at += token.length;
      codeFrom = at;
    }
  }
  closeCode();
  return pieces;
}

/** The file with all but its code blanked: offsets and lines stay. Strings stay where `keep` says so. */
export function codeOf(text: string, keep: readonly Piece["kind"][] = []): string {
  const kept = new Set<Piece["kind"]>(["code", ...keep]);
  const parts: string[] = [];
  let at = 0;
  for (const piece of piecesOf(text)) {
    // Delimiters between pieces: quotes stay, since statements are read by them.
    parts.push(text.slice(at, piece.start).replaceAll(/[^\n"'`]/g, " "));
    parts.push(kept.has(piece.kind) ? piece.text : piece.text.replaceAll(/[^\n]/g, " "));
    at = piece.start + piece.text.length;
  }
  parts.push(text.slice(at).replaceAll(/[^\n"'`]/g, " "));
  return parts.join("");
}

export const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split("\n").length;

export interface Import {
  /** As written: `./x.ts`, `node:fs`, `zod`. */
  readonly from: string;
  /** Names taken, as the other file calls them; `*`: all of them or unknown, none: for its effect. */
  readonly names: readonly string[];
  readonly line: number;
}

const statement =
  /\b(?:import|export)\s+(?:type\s+)?((?:[\w$]+\s*,?\s*)?(?:\{[^{}]*\}|\*(?:\s+as\s+[\w$]+)?)?)\s*from\s*["']([^"'\n]+)["']|(?:^|;)[ \t]*import\s*["']([^"'\n]+)["']/gm;
const dynamic = /\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)/g;
const typeImport = /\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)\s*\.([\w$]+)/g;
/** A module run as a process or thread of its own: `childEntry(import.meta.url, "./child")`. */
const entry =
  /\b(?:childEntry|threadEntry)\(\s*[\w.]+,\s*["']([^"'\n]+)["']|new URL\(\s*["'](\.[^"'\n]+\.m?[jt]sx?)["']\s*,\s*import\.meta\.url/g;

/** Every module a file names, in statements, calls and as the entry of a child process. */
export function importsOf(text: string): Import[] {
  const code = codeOf(text, ["string"]);
  const found: Import[] = [];
  for (const match of code.matchAll(statement)) {
    const [, clause = "", from = match[3] ?? ""] = match;
    found.push({ from, names: namesOf(clause), line: lineAt(code, match.index) });
  }
  const typed = new Set<number>();
  for (const match of code.matchAll(typeImport)) {
    typed.add(match.index);
    found.push({ from: match[1] ?? "", names: [match[2] ?? "*"], line: lineAt(code, match.index) });
  }
  for (const match of code.matchAll(dynamic)) {
    if (typed.has(match.index)) continue;
    found.push({ from: match[1] ?? "", names: ["*"], line: lineAt(code, match.index) });
  }
  for (const match of code.matchAll(entry)) {
    found.push({ from: match[1] ?? match[2] ?? "", names: [], line: lineAt(code, match.index) });
  }
  return found;
}

function namesOf(clause: string): string[] {
  const list = /\{([^{}]*)\}/.exec(clause);
  const rest = clause.replace(/\{[^{}]*\}/, "");
  const names = (list?.[1] ?? "")
    .split(",")
    .map(
      (part) =>
        part
          .trim()
          .replace(/^type\s+/, "")
          .split(/\s+as\s+/)[0] ?? "",
    )
    .filter((name) => name !== "");
  if (rest.includes("*")) names.push("*");
  else if (/[\w$]/.test(rest)) names.push("default");
  return names;
}

export interface Export {
  readonly name: string;
  readonly kind: "value" | "type";
  readonly line: number;
}

const declaration =
  /\bexport\s+(?:declare\s+)?(?:async\s+)?(?:abstract\s+)?(function\*?|const|let|class|interface|type)\s+([\w$]+)/g;
const exportList = /\bexport\s+(type\s+)?\{([^{}]*)\}(\s*from)?/g;

/** Names a file declares for others. Those it only passes on (`export ... from`) are not its own. */
export function exportsOf(text: string): Export[] {
  const code = codeOf(text);
  const found: Export[] = [];
  for (const match of code.matchAll(declaration)) {
    const kind = match[1] === "interface" || match[1] === "type" ? "type" : "value";
    found.push({ name: match[2] ?? "", kind, line: lineAt(code, match.index) });
  }
  for (const match of code.matchAll(exportList)) {
    if (match[3] !== undefined) continue;
    for (const part of (match[2] ?? "").split(",")) {
      const name =
        part
          .trim()
          .replace(/^type\s+/, "")
          .split(/\s+as\s+/)
          .at(-1) ?? "";
      const kind = match[1] !== undefined || /^\s*type\s/.test(part) ? "type" : "value";
      if (name !== "") found.push({ name, kind, line: lineAt(code, match.index) });
    }
  }
  return found;
}
