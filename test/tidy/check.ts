import { posix } from "node:path";
import {
  type FolderRule,
  fences,
  folderRules,
  linesMax,
  machinePath,
  sqlFence,
  words,
} from "./rules.ts";
import { codeOf, importsOf, lineAt, piecesOf, type SourceFile } from "./source.ts";

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

export const format = ({ path, line, rule, message }: Finding): string =>
  `${path}:${line} [${rule}] ${message}`;

export const isUnder = (path: string, at: string): boolean =>
  path === at || path.startsWith(`${at}/`);
const isUnderAny = (path: string, places: readonly string[]): boolean =>
  places.some((place) => isUnder(path, place));

export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) || isUnder(path, "test");
export const isCode = (path: string): boolean => /\.(?:[cm]?[jt]s|tsx)$/.test(path);

/** The row of the import table that decides for a file. */
export function ruleOf(path: string): FolderRule | undefined {
  return folderRules
    .filter((rule) => isUnder(path, rule.at))
    .toSorted((a, b) => b.at.length - a.at.length)[0];
}

/** All that one file breaks. */
export function check(file: SourceFile): Finding[] {
  const findings = pathFindings(file);
  if (!isCode(file.path)) return findings;
  return [
    ...findings,
    ...importFindings(file),
    ...fenceFindings(file),
    ...sqlFindings(file),
    ...wordFindings(file),
    ...lengthFindings(file),
  ];
}

function importFindings({ path, text }: SourceFile): Finding[] {
  if (isTest(path)) return [];
  const rule = ruleOf(path);
  if (rule === undefined) {
    return [{ path, line: 1, rule: "imports", message: "has no row in the import table" }];
  }
  return importsOf(text).flatMap(({ from, line }) => {
    const message = importProblem(path, from, rule);
    return message === null ? [] : [{ path, line, rule: "imports", message }];
  });
}

function importProblem(path: string, from: string, rule: FolderRule): string | null {
  if (from.startsWith("node:")) {
    return rule.node ? null : `${rule.at} uses nothing of Node, not ${from}`;
  }
  if (!from.startsWith(".")) {
    return rule.packages ? null : `${rule.at} uses no package, not ${from}`;
  }
  const target = posix.join(posix.dirname(path), from);
  if (isTest(target)) return `${from} is a test, or of the tests`;
  if (isUnder(target, rule.at)) return null;
  if (isUnderAny(target, rule.mayImport)) return null;
  // Data beside the code, such as package.json, belongs to nobody.
  return ruleOf(target) === undefined ? null : `${rule.at} may not import ${target}`;
}

function fenceFindings({ path, text }: SourceFile): Finding[] {
  if (isTest(path)) return [];
  const standing = fences.filter(
    (fence) => isUnderAny(path, fence.within) && !isUnderAny(path, fence.allowed),
  );
  if (standing.length === 0) return [];
  const code = codeOf(text);
  return standing.flatMap((fence) =>
    [...code.matchAll(fence.pattern)].map((match) => ({
      path,
      line: lineAt(code, match.index),
      rule: "fence",
      message: `${match[0]} reads ${fence.name}: ${fence.instead}`,
    })),
  );
}

function sqlFindings({ path, text }: SourceFile): Finding[] {
  if (isTest(path)) return [];
  if (!isUnderAny(path, sqlFence.within) || isUnderAny(path, sqlFence.allowed)) return [];
  const pieces = piecesOf(text);
  return pieces.flatMap((piece, index) => {
    if (piece.kind !== "template" && piece.kind !== "string") return [];
    const before = pieces[index - 1];
    const tagged =
      piece.kind === "template" && before?.kind === "code" && sqlFence.tag.test(before.text);
    if (!tagged && !sqlFence.statement.test(piece.text)) return [];
    return [
      { path, line: lineAt(text, piece.start), rule: "sql", message: "SQL belongs into src/db" },
    ];
  });
}

function wordFindings({ path, text }: SourceFile): Finding[] {
  return piecesOf(text).flatMap((piece) =>
    words
      .filter(({ kinds }) => (kinds as readonly string[]).includes(piece.kind))
      .flatMap(({ name, pattern }) =>
        [...piece.text.matchAll(pattern)].map((match) => ({
          path,
          line: lineAt(text, piece.start + match.index),
          rule: "words",
          message: `${match[0]}: ${name}`,
        })),
      ),
  );
}

function pathFindings({ path, text }: SourceFile): Finding[] {
  return [...text.matchAll(machinePath)].map((match) => ({
    path,
    line: lineAt(text, match.index),
    rule: "paths",
    message: `${match[0]} is a path of one machine`,
  }));
}

function lengthFindings({ path, text }: SourceFile): Finding[] {
  const lines = linesOf(text);
  if (lines <= linesMax) return [];
  const message = `${lines} lines; at most ${linesMax}`;
  return [{ path, line: linesMax + 1, rule: "length", message }];
}

export const linesOf = (text: string): number =>
  text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
