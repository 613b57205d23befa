import fc from "fast-check";
import { expect, it } from "vitest";
import { documentView, doneView, taskView } from "../../test/support/document-view.ts";
import type { DocumentResults } from "../contract/documents.ts";
import { results as resultsSchema } from "../contract/results.ts";
import { csvOf } from "./csv.ts";
import { htmlOf } from "./html.ts";
import { jsonOf } from "./json.ts";
import { markdownOf } from "./markdown.ts";
import { fileName, reportOf } from "./report.ts";

const hostile = `=HYPERLINK("http://x") <script>alert(1)</script> "quoted", [a](javascript:b)`;
const on = (quote: string) => ({ slide: 1, quote, grounded: true });
const field = <T>(value: T) => ({
  ...{ value, confidence: 0.9, evidence: [on(hostile)], note: hostile, conflicts: [] },
});
const question = {
  ...{ id: "T1", question: hostile, answer: hostile, score: 4, reason: hostile, missing: hostile },
  evidence: [on(hostile)],
};
const finding = {
  ...{ rule: hostile, severity: "major", what: hostile, why: hostile, fix: hostile },
  ...{ evidence: [on(hostile)], measure: null },
};
const claim = {
  ...{ claim: hostile, kind: "outcome", status: "stated", evidence: [on(hostile)] },
  missing: [hostile],
};
const results = resultsSchema.parse({
  visual_analysis: {
    slides: [
      {
        ...{ slide: 1, title: hostile, text: hostile, description: hostile, kind: "cover" },
        ...{ text_source: "ocr", words: 1, visuals: [], blocks: [], language: "en" },
      },
    ],
  },
  slide_feedback: {
    slides: [{ slide: 1, findings: [finding] }],
    deck: [{ ...finding, slides: [1] }],
  },
  extractions_and_template: {
    extractions: {
      ...{ startup_name: field(hostile), company_offering: field(hostile) },
      healthcare: field({ is_healthcare: true, sector: null }),
      funding_amount: {
        ...field({ amount: 4_500_000, currency: "EUR", round: hostile }),
        conflicts: [{ value: { amount: 2, currency: "EUR", round: hostile }, evidence: [] }],
      },
      deck_date: field(null),
    },
    template: {
      ...{ template: "general", score: 4 },
      chapters: [{ id: "team", title: hostile, score: 4, questions: [question] }],
    },
  },
  specialized_clinical: {
    ...{ applicable: true, reason: null, summary: hostile, score: 3, claims: [claim] },
    missing: [{ what: hostile, slides: [1] }],
  },
});
const review = {
  ...{ path: "extractions.funding_amount", task: "extractions_and_template", stale: false },
  ...{ verdict: "corrected" as const, read: null, seen: null, note: hostile, by: hostile },
  ...{ reviewed: { amount: 9_000_000, currency: "EUR", round: null }, generation: 1 },
  at: "2026-11-23T12:04:07Z",
};
const all: DocumentResults = {
  ...{ document: "d_7K2", pipeline: "p_4MD", complete: true, results, reviews: [review] },
  ...{ generation: 1, generations: [1], engine: { name: "extractive", model: null } },
  pack: { name: "pitch-deck", version: 1, hash: "0a1b2c3d" },
};
const whole = reportOf(doneView({ company: hostile, name: `${hostile}.pdf` }), all);

it("writes a page in which no word of a deck is markup, and that asks nobody for anything", () => {
  const page = htmlOf(whole, new Map([[1, "data:image/jpeg;base64,QQ=="]]));
  const tags = [...page.matchAll(/<([a-z]\w*)([^>]*)>/gi)];
  for (const [, name, attributes] of tags) {
    expect(name).not.toMatch(/^(?:script|a|iframe|form|link|object)$/i);
    expect(attributes).not.toMatch(/\son\w+=|javascript/i);
  }
  expect(page.match(/<img /g)).toHaveLength(1);
  expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
  expect(page).toContain("&lt;script&gt;");
  expect(page).toContain("default-src 'none'");
});

it("tells each task of a pack of one's own under its own name, in page and Markdown alike", () => {
  const asked = (name: string) => ({ ...question, id: name, question: name, answer: "Yes" });
  const template = (name: string, score: number) => ({
    ...{ template: name, score },
    chapters: [{ id: "one", title: "One", score, questions: [asked(name)] }],
  });
  const analysis = { applicable: true, reason: null, summary: "Sound.", score: 4, missing: [] };
  const own = resultsSchema.parse({
    study_facts: {
      fields: [{ ...field("Twelve"), name: "arms", title: "Arms", type: "text", required: true }],
    },
    team_questions: template("general", 2),
    market_questions: template("market", 5),
    methods: { ...analysis, claims: [{ ...claim, claim: "Randomised." }] },
    ethics: { ...analysis, applicable: false, reason: "No people.", claims: [] },
  });
  const told = { ...all, results: own, reviews: [] };
  const page = htmlOf(reportOf(doneView(), told), new Map());
  const heads = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, head]) => head);
  expect(heads).toEqual([
    ...["Study facts", "Team questions: 2.0 of 5", "Market questions: 5.0 of 5"],
    ...["Methods: 4 of 5", "Ethics"],
  ]);
  for (const words of ["Twelve", "Randomised.", "Sound.", "Does not apply: No people."]) {
    expect(page).toContain(words);
    expect(markdownOf(reportOf(doneView(), told))).toContain(words);
  }
  const one = htmlOf(reportOf(doneView(), told, { task: "methods" }), new Map());
  expect([...one.matchAll(/<h2>/g)]).toHaveLength(1);
});

it("writes cells that no spreadsheet takes for a formula", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("", "=", "+", "-", "@", "\t=", "\uff1d", " @", "\u0000-"),
      fc.string(),
      (begin, rest) => {
        const note = begin + rest;
        const told = { ...all, reviews: [{ ...review, note }] };
        const line = csvOf(reportOf(doneView(), told)).split("\r\n")[4] ?? "";
        const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
        expect(cells).toHaveLength(22);
        for (const [, quoted, plain] of cells) {
          expect(quoted ?? plain).not.toMatch(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
        }
      },
    ),
  );
});

it("puts a correction in the value's place, in every form, with what was read beside it", () => {
  const ask = csvOf(whole)
    .split("\r\n")
    .find((line) => line.includes("extractions.funding_amount"));
  expect(ask).toMatch(/^field,extractions_and_template,.*,9000000,EUR,1,0.90,,corrected,/);
  const values = JSON.parse(jsonOf(whole)).values as { path: string; value: unknown }[];
  expect(values.find(({ path }) => path === review.path)).toMatchObject({
    ...{ value: review.reviewed, status: "corrected", by: hostile },
    read: { amount: 4_500_000 },
  });
  expect(markdownOf(whole)).toMatch(/\*\*Ask\*\*: EUR 9 million \(corrected; read as: EUR 4.5 /);
  expect(htmlOf(whole, new Map())).toMatch(/EUR 9 million<p class="small">Read as: EUR 4.5/);
});

it("has a row for each field, answer, claim and finding, or for those that are chosen", () => {
  const kinds = whole.rows.map(({ kind }) => kind);
  expect(kinds).toEqual([
    ...["field", "field", "field", "field", "field"],
    ...["answer", "claim", "finding", "finding"],
  ]);
  expect(new Set(whole.rows.map(({ path }) => path)).size).toBe(kinds.length);
  const { rows } = reportOf(doneView(), all, { slide: 1 });
  expect(rows.map(({ kind }) => kind)).toEqual(["finding"]);
});

it("says in every form and in the file's name what is missing", () => {
  expect(whole.partial).toEqual([]);
  const tasks = [
    taskView("visual_analysis", { state: "done", gaps: [3, 7] }),
    taskView("slide_feedback", { state: "skipped" }),
  ];
  const { company: _, ...running } = documentView({ progress: { tasks } });
  const report = reportOf({ ...running, company: null }, { ...all, complete: false });
  expect(report.partial).toEqual([
    "Not finished yet, 1 of 22 slides so far: more will come.",
    "Visual analysis: slides 3, 7 could not be read.",
    "Slide feedback was skipped: a task before it failed.",
  ]);
  for (const text of [htmlOf(report, new Map()), markdownOf(report), jsonOf(report), csvOf(report)])
    expect(text).toContain("1 of 22 slides so far");
  expect(fileName(report, "csv")).toBe("aurora.partial.csv");
  expect(fileName(whole, "md")).not.toMatch(/[\\/]/);
});
