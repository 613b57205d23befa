import type { DocumentSummary } from "../../contract/documents.ts";
import type { Failure } from "../../errors/app-error.ts";

export const progressModes = ["auto", "tty", "plain", "json", "quiet"] as const;
export type ProgressMode = (typeof progressModes)[number];

/** One document as its progress is shown. `key` is its place on the command line. */
export interface Tracked {
  readonly key: number;
  readonly name: string;
  /** null until the server has accepted it. */
  readonly document: DocumentSummary | null;
  /** Why it was refused. */
  readonly refusal: Failure | null;
}

/** Shows documents on stderr while they are worked on. */
export interface Progress {
  update(tracked: Tracked): void;
  /** Takes away what is drawn in place. Safe to call twice. */
  end(): void;
}

export interface ModeFacts {
  readonly wanted: ProgressMode;
  readonly quiet: boolean;
  readonly isTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The mode `auto` stands for here. */
export function progressModeOf(facts: ModeFacts): Exclude<ProgressMode, "auto"> {
  const { wanted, quiet, isTty, env } = facts;
  if (wanted !== "auto") return wanted;
  if (quiet) return "quiet";
  const isDumb = env.TERM === "dumb" || (env.CI ?? "") !== "";
  return isTty && !isDumb ? "tty" : "plain";
}
