import type { Portfolio, PortfolioRow, SearchHit } from "../../contract/portfolio.ts";
import { portfolioCsv } from "../../core/portfolio/csv.ts";
import { withMark } from "../../core/portfolio/version-words.ts";
import { type Context, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Style } from "../style.ts";
import { cell, clip, oneLine, plural, widthOf } from "../text.ts";

export interface PortfolioOptions {
  readonly columns?: string | undefined;
  readonly filter: readonly string[];
  readonly sort?: string | undefined;
  readonly search?: string | undefined;
  readonly limit: string;
  readonly csv?: boolean | undefined;
}

const limitMax = 20_000;
const pageMax = 200;

/** All decks with their fields. */
export async function showPortfolio(context: Context, options: PortfolioOptions): Promise<number> {
  const { output } = context;
  const all = await readAll(context, options);
  if (output.json) output.object("portfolio", all);
  else if (options.csv) output.data(portfolioCsv(all));
  else {
    if (all.rows.length === 0) output.say("No decks.");
    else {
      output.data(tableText(all, output.style, output.stdoutIsTty ? output.size().columns : null));
    }
    for (const note of all.notes) output.say(note);
  }
  const isCut = !output.json && all.total > all.rows.length;
  if (isCut) output.say(`${all.rows.length} of ${all.total} decks.`);
  return exitCodes.ok;
}

async function readAll(context: Context, options: PortfolioOptions): Promise<Portfolio> {
  const limit = countOption("limit", options.limit, limitMax);
  const { filter: filters, search: q, columns: fields, sort } = options;
  const api = (await runningApi(context)).decks;
  const ask = (cursor: string | undefined, left: number) =>
    api.portfolio(
      { fields, filters, sort, q, cursor, limit: Math.min(pageMax, left) },
      context.interrupt.signal,
    );
  let page = await ask(undefined, limit);
  const rows = [...page.rows];
  while (page.nextCursor !== null && rows.length < limit) {
    page = await ask(page.nextCursor, limit - rows.length);
    rows.push(...page.rows);
  }
  return { ...page, rows };
}

/** What stands in a cell, with a mark for what a person said of it. */
function cellText(row: PortfolioRow, path: string): string {
  const found = row.cells[path];
  if (found === undefined) return "";
  const marks = { verified: " (verified)", corrected: " (corrected)", flagged: " (flagged)" };
  const mark = found.review === null ? "" : marks[found.review];
  return `${found.shown ?? "-"}${found.conflicts > 0 ? " (in conflict)" : ""}${mark}`;
}

/** @param columns of the terminal; null: nothing is cut */
function tableText(all: Portfolio, style: Style, columns: number | null): string {
  const { colors } = style;
  const titles = all.fields.map(
    (path) => all.columns.find((one) => one.path === path)?.title ?? path,
  );
  const lines = all.rows.map((row) => [
    row.document,
    withMark(row.company ?? row.name, row),
    ...all.fields.map((path) => cellText(row, path)),
  ]);
  const head = ["DOCUMENT", "DECK", ...titles.map((title) => title.toUpperCase())];
  const most = columns === null ? 60 : 28;
  const widths = head.map((_, at) =>
    Math.min(most, Math.max(...[head, ...lines].map((line) => widthOf(oneLine(line[at] ?? ""))))),
  );
  const text = (line: readonly string[]): string => {
    const whole = line.map((one, at) => cell(oneLine(one), widths[at] ?? 0, style)).join("  ");
    return columns === null ? whole.trimEnd() : clip(whole.trimEnd(), columns, style);
  };
  return [colors.dim(text(head)), ...lines.map(text)].join("\n");
}

/** Slides that have the words. */
export async function searchDecks(
  context: Context,
  words: readonly string[],
  options: { readonly limit: string },
): Promise<number> {
  const { output, interrupt } = context;
  const limit = countOption("limit", options.limit, 100);
  const answer = await (await runningApi(context)).decks.search(
    { q: words.join(" "), limit },
    interrupt.signal,
  );
  if (output.json) output.object("search", answer);
  else if (answer.hits.length === 0) output.say("No slide has these words.");
  else {
    output.data(answer.hits.map((hit) => hitText(hit, output.style)).join("\n\n"));
    const shown = answer.hits.length;
    output.say(
      `${shown} of ${answer.complete ? "" : "more than "}${plural(answer.total, "slide")}.`,
    );
  }
  if (!output.json) for (const note of answer.notes) output.say(note);
  return exitCodes.ok;
}

function hitText(hit: SearchHit, { colors }: Style): string {
  const words = hit.snippet.map(({ text, marked }) => {
    const line = text.replace(/\s+/g, " ");
    return marked ? colors.bold(oneLine(line)) : line.replace(/\p{Cc}/gu, " ");
  });
  const name = oneLine(withMark(hit.company ?? hit.name, hit));
  return `${colors.dim(hit.document)} ${name}, slide ${hit.slide}\n  ${words.join("").trim()}`;
}
