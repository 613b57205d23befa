import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Odd and broken files, when they lie beside this repository. */
export const hostileDir = fileURLToPath(new URL("../../../shared/data/hostile/", import.meta.url));
export const isHostileDataHere = existsSync(`${hostileDir}expect.json`);

export interface HostileFile {
  readonly file: string;
  /** What must come of it, in the words of the catalogue. */
  readonly expect: string;
}

export const hostileFiles = (): readonly HostileFile[] =>
  isHostileDataHere ? JSON.parse(readFileSync(`${hostileDir}expect.json`, "utf8")) : [];

/** What came of opening a file and drawing its pages. */
export interface Outcome {
  readonly pages: number;
  /** The code of the refusal, "" when it opened. */
  readonly refused: string;
  /** Codes of pages that could not be drawn. */
  readonly failed: readonly string[];
}

/** The refusals each wording of the catalogue asks for. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/empty/, "EMPTY_FILE"],
  [/not a PDF/, "NOT_A_PDF"],
  [/password|reject without/, "PDF_ENCRYPTED"],
  [/damaged/, "PDF_DAMAGED"],
  [/too many pages/, "PDF_TOO_MANY_PAGES"],
  [/page too large/, "PAGE_TOO_LARGE"],
];

/** What is not as the catalogue says; empty is right. */
export function complaintsOf({ expect }: HostileFile, outcome: Outcome): string[] {
  const { pages, refused, failed } = outcome;
  const complaints: string[] = [];
  const mayRefuse = /reject|either|timeout/.test(expect);
  const mustRefuse = /^reject(?!, or| or| cleanly)/.test(expect);
  if (mustRefuse && refused === "") complaints.push("must be refused");
  if (!mayRefuse && refused !== "") complaints.push("must not be refused");
  const wanted = refusals.find(([wording]) => wording.test(expect));
  if (mustRefuse && wanted !== undefined && refused !== wanted[1]) {
    complaints.push(`must be refused by ${wanted[1]}`);
  }
  const count = /^accept (\d+) pages?\b/.exec(expect)?.[1];
  if (refused === "" && count !== undefined && pages !== Number(count)) {
    complaints.push(`must have ${count} pages`);
  }
  const odd = failed.filter((code) => code !== "RENDER_FAILED" && code !== "PDF_TIMEOUT");
  if (odd.length > 0) complaints.push(`pages fail with ${odd.join(", ")}`);
  return complaints;
}
