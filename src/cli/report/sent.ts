import { failureOf } from "../../errors/app-error.ts";
import { failureView } from "../../services/views.ts";
import type { Entry } from "../entries.ts";
import { Interrupted } from "../interrupt.ts";
import { oneLine, plural } from "../text.ts";

/** One file as it was taken, for people: its document, why it was refused, or that it was not sent. */
export function lineOf({
  name,
  document,
  refusal,
}: Pick<Entry, "name" | "document" | "refusal">): string {
  if (document !== null) {
    return `${document.id}  ${oneLine(name)}, ${plural(document.pages, "slide")}`;
  }
  if (refusal === null) return `not sent  ${oneLine(name)}`;
  const { title, detail, next, code } = failureView(refusal);
  const why = [title, detail, next].filter(Boolean).join(" ");
  return `refused  ${oneLine(name)}: ${why} [${code}]`;
}

/** The same for programs. */
export const objectOf = ({ name, document, refusal }: Entry): object => ({
  name,
  document: document?.id ?? null,
  pipeline: document?.pipeline.id ?? null,
  error: refusal === null ? null : failureView(refusal),
});

interface Stopped {
  readonly documents: readonly object[];
  readonly notSent: readonly string[];
  readonly error: object | null;
}

/** How files stood when sending stopped half way: those that were decided on, the paths of the others, and why. */
export const stoppedObject = (entries: readonly Entry[], error: unknown): Stopped => ({
  documents: entries.filter(isDecided).map(objectOf),
  notSent: entries.filter((entry) => !isDecided(entry)).map(({ name, path }) => path ?? name),
  // Whoever interrupted it knows why.
  error: error instanceof Interrupted ? null : failureView(failureOf(error)),
});

const isDecided = ({ document, refusal }: Entry): boolean => document !== null || refusal !== null;
