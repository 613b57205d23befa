import type { z } from "zod";
import { AppError } from "../errors/app-error.ts";

/** What is wrong in a pack, as `file: key: sentence`. All that can be found is told at once. */
export class Problems {
  readonly #all: { path: string; message: string }[] = [];

  add(file: string, key: string, sentence: string): void {
    this.#all.push({ path: key === "" ? file : `${file}: ${key}`, message: sentence });
  }

  /** Takes over zod's issues; an unknown key comes with the known key nearest to it. */
  addIssues(file: string, schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): void {
    for (const issue of issues) {
      if (issue.code !== "unrecognized_keys") {
        this.add(file, keyOf(issue.path), issue.message);
        continue;
      }
      const known = keysAt(schema, issue.path);
      for (const key of issue.keys) {
        this.add(file, keyOf([...issue.path, key]), `unknown key${suggestion(key, known)}`);
      }
    }
  }

  /** Throws PACK_INVALID with all of them, when there are any; its detail tells the first ten. */
  throwIfAny(): void {
    if (this.#all.length === 0) return;
    const more = this.#all.length - 10;
    const first = this.#all.slice(0, 10).map(({ path, message }) => `${path}: ${message}`);
    const detail = [...first, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
    throw new AppError("PACK_INVALID", detail, { errors: [...this.#all] });
  }
}

/** `["tasks", 2, "weight"]` -> `tasks[2].weight` */
function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

/** ` (did you mean X?)`, or nothing when no known word is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, edits: editsBetween(word, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits)[0];
  return near === undefined ? "" : ` (did you mean ${near.candidate}?)`;
}

/** Levenshtein over short words, one row at a time. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}

/** The keys an object schema knows at a path, found by walking zod's own description of it. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let node: unknown = schema;
  for (const part of path) {
    const { shape, element } = bare(node) as { shape?: Record<string, unknown>; element?: unknown };
    node = typeof part === "number" ? element : shape?.[String(part)];
  }
  const { shape } = bare(node) as { shape?: Record<string, unknown> };
  return Object.keys(shape ?? {});
}

function bare(node: unknown): object {
  let inner = node;
  while (
    typeof inner === "object" &&
    inner !== null &&
    "unwrap" in inner &&
    !("element" in inner)
  ) {
    inner = (inner as { unwrap(): unknown }).unwrap();
  }
  return typeof inner === "object" && inner !== null ? inner : {};
}
