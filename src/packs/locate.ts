import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { PackFiles } from "./pack-files.ts";

/** Where in a pack's files a problem lies. */
export interface Place {
  readonly file: string;
  /** From 1; null: the file as a whole, or one that is not there. */
  readonly line: number | null;
}

/**
 * The line that a problem is about, found from its path as `Problems` writes it: `pack.yaml: tasks[2].weight`,
 * `fields/study.yaml: line 4`, `prompts/clinical.md: {{deck}}`. JSON is found by its keys as YAML is.
 */
export function placeOf(
  files: PackFiles,
  problem: { readonly path: string; readonly message: string },
): Place {
  const [, file = problem.path, key = ""] = /^([^:]+): (.*)$/s.exec(problem.path) ?? [];
  const text = files[file];
  return { file, line: text === undefined ? null : lineOf(text, key, problem.message) };
}

function lineOf(text: string, key: string, message: string): number | null {
  const told = /^line (\d+)$/.exec(key)?.[1] ?? /\bline (\d+)\b/.exec(message)?.[1];
  if (told !== undefined) return Math.min(Number(told), text.split("\n").length);
  const position = key === "" ? /\bposition (\d+)/.exec(message)?.[1] : undefined;
  if (position !== undefined) return lineAt(text, Number(position));
  if (key === "") return null;
  return key.startsWith("{{") ? lineWith(text, key) : (lineOfKey(text, key) ?? lineWith(text, key));
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

function lineWith(text: string, words: string): number | null {
  const at = text.indexOf(words);
  return at < 0 ? null : lineAt(text, at);
}

/** `tasks[2].weight` and `clinical.template` (a task by its name) as the line of the last part that is there. */
function lineOfKey(text: string, key: string): number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "silent" });
  const parts = key.split(/[.[\]]/).filter((part) => part !== "");
  const offset = offsetOf(document.contents, parts) ?? offsetInTask(document.contents, parts);
  return offset === null ? null : lines.linePos(offset).line;
}

function offsetOf(root: unknown, parts: readonly string[]): number | null {
  let node = root;
  let offset: number | null = null;
  for (const part of parts) {
    const next = childOf(node, part);
    if (next === null) break;
    [node, offset] = next;
  }
  return offset;
}

function childOf(node: unknown, part: string): [node: unknown, offset: number] | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
    const offset = startOf(pair?.key as Node | undefined);
    return pair === undefined || offset === null ? null : [pair.value, offset];
  }
  if (!isSeq(node)) return null;
  const item = node.items[Number(part)] as Node | undefined;
  const offset = startOf(item);
  return offset === null ? null : [item, offset];
}

const startOf = (node: Node | undefined): number | null => node?.range?.[0] ?? null;

/** Problems of the graph name a task instead of its place in the list. */
function offsetInTask(root: unknown, [name, ...rest]: readonly string[]): number | null {
  const tasks = isMap(root) ? root.get("tasks") : undefined;
  if (!isSeq(tasks)) return null;
  const task = tasks.items.find((item) => isMap(item) && item.get("name") === name);
  return task === undefined ? null : (offsetOf(task, rest) ?? startOf(task as Node));
}
