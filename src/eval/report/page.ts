import type { Comparison } from "../../core/evaluation/compare.ts";
import type { JudgedGoal } from "../../core/evaluation/goals.ts";
import type { DeckRun, EvaluationRun } from "../../core/evaluation/run.ts";
import { judgedFields } from "../../core/evaluation/truth.ts";
import { style } from "../../sim/report/style.ts";
import { escaped } from "../../sim/report/words.ts";
import { figureRows, goalText, goalWord, missesOf, type PricedRun } from "./rows.ts";

export interface ReportedRun extends PricedRun {
  readonly goals: readonly JudgedGoal[];
  readonly comparison: Comparison | null;
}

export interface EvaluationPage {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly runs: readonly ReportedRun[];
  /** Further sections as finished HTML. */
  readonly sections: readonly string[];
}

const ownStyle = `
td.name,td.text{text-align:left;white-space:normal;overflow-wrap:anywhere}
.right,.silent{color:var(--s4)}.wrong,.missed,.invented,.failed{color:var(--s6);font-weight:600}
.deck th[scope=row]{min-width:0;font-weight:400}
ul.plain{list-style:none;padding:0;margin:6px 0;color:var(--ink-2);font-size:13.5px}
`;

/** One page that stands by itself: no script, nothing asked of anybody, light or dark as the reader's system. */
export function evaluationPage({ title, facts, runs, sections }: EvaluationPage): string {
  const parts = [
    `<h1>${escaped(title)}</h1>`,
    `<dl>${facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join("")}</dl>`,
    `<h2>Figures</h2>${sideBySide(runs)}${glossary}`,
    `<h2>Goals</h2>${runs.map(goalList).join("")}`,
    ...sections,
    `<h2>Deck by deck</h2>${runs.map(({ run }) => deckTable(run)).join("")}`,
    `<h2>What was not right</h2>${runs.map(({ run }) => missTable(run)).join("")}`,
    `<h2>Offerings</h2><p>Not judged by a program: what was said beside what is known.</p>${runs.map(({ run }) => offeringTable(run)).join("")}`,
    "<footer>Made by pilotlight eval. The page holds no script and asks for nothing.</footer>",
  ];
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark"><title>${escaped(title)}</title><style>${style}${ownStyle}</style></head>
<body><main>${parts.join("\n")}</main></body></html>
`;
}

const glossary =
  "<p>Recall: right among the decks that state it. Precision: right among the answers given. Invented: answers among the decks that do not state it. In brackets the 95 % interval: with few decks it is wide, and two runs whose intervals overlap much are not told apart by them.</p>";

/** A table with left-aligned text; cells are finished HTML. */
export function htmlTable(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const [first = "", ...others] = heads;
  const head = `<th scope="col" class="name">${escaped(first)}</th>${others.map((text) => `<th scope="col" class="name">${escaped(text)}</th>`).join("")}`;
  const body = rows.map(
    ([name = "", ...cells]) =>
      `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td class="text">${cell}</td>`).join("")}</tr>`,
  );
  return `<div class="card"><div class="wide" role="region" aria-label="${escaped(caption)}" tabindex="0"><table class="deck"><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div></div>`;
}

const sideBySide = (runs: readonly ReportedRun[]): string =>
  htmlTable(
    "All runs side by side",
    ["", ...runs.map(({ run }) => run.label)],
    figureRows(runs).map((row) => row.map(escaped)),
  );

function goalList({ run, goals, comparison }: ReportedRun): string {
  const items = goals.map(
    (goal) =>
      `<li><span class="${goal.met === false ? "failed" : "right"}">${goalWord(goal)}</span> ${escaped(goalText(goal))}</li>`,
  );
  const regressions = (comparison?.regressions ?? []).map(
    (sentence) => `<li><span class="failed">regression</span> ${escaped(sentence)}</li>`,
  );
  return `<h3>${escaped(run.label)}</h3><ul class="plain">${[...items, ...regressions].join("")}</ul>`;
}

function deckTable({ label, decks }: EvaluationRun): string {
  const verdict = (deck: DeckRun, field: (typeof judgedFields)[number]): string => {
    const found = deck.fields[field];
    if (found === undefined) return "";
    const said = escaped(found.said ?? "nothing");
    return `<span class="${found.verdict}">${found.verdict}</span> ${said} <small>${found.confidence.toFixed(2)}</small>`;
  };
  const rows = decks.map((deck) => [
    escaped(deck.file),
    String(deck.pages),
    (deck.seconds.vision + deck.seconds.text).toFixed(1),
    ...judgedFields.map((field) => verdict(deck, field)),
  ]);
  return htmlTable(label, ["deck", "slides", "s", ...judgedFields], rows);
}

function missTable(run: EvaluationRun): string {
  const misses = missesOf(run);
  if (misses.length === 0) return `<p>${escaped(run.label)}: all right.</p>`;
  const rows = misses.map(({ file, field, verdict, said, truth, quote }) => [
    escaped(file),
    escaped(field),
    `<span class="${verdict}">${verdict}</span>`,
    escaped(said ?? "nothing"),
    escaped(truth ?? "not stated"),
    quote === null ? "" : escaped(`Slide ${quote.slide}: ${quote.quote}`),
  ]);
  return htmlTable(run.label, ["deck", "field", "", "said", "is", "from"], rows);
}

const offeringTable = ({ label, decks }: EvaluationRun): string =>
  htmlTable(
    label,
    ["deck", "said", "known"],
    decks.map(({ file, offering }) => [
      escaped(file),
      escaped(offering.said ?? "nothing"),
      escaped(offering.truth ?? ""),
    ]),
  );
