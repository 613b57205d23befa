import picocolors from "picocolors";
import { expect, it } from "vitest";
import { documentView, doneView, taskView } from "../../../test/support/document-view.ts";
import type { DocumentResults, DocumentSummary } from "../../contract/documents.ts";
import { type Finding, results as resultsSchema } from "../../contract/results.ts";
import { markdownOf } from "../../report/markdown.ts";
import { type Choice, reportOf } from "../../report/report.ts";
import { askWords, engineId, engineWords, findingsWords } from "../../report/words.ts";
import type { Style } from "../style.ts";
import { doctorText } from "./doctor.ts";
import { listText } from "./list.ts";
import { statusText } from "./status.ts";
import { type Ended, summaryOf, totalOf } from "./summary.ts";

const style: Style = { colors: picocolors.createColors(false), unicode: true };
const on = (slide: number, quote: string, grounded = true) => ({ slide, quote, grounded });
const field = <T>(value: T, evidence: ReturnType<typeof on>[] = []) => ({
  ...{ value, confidence: 0.9, evidence, note: null, conflicts: [] },
});
const finding = (severity: Finding["severity"]): Finding => ({
  ...{ rule: "text_too_small", severity, what: "Text is 8 pt.", why: "Nobody reads it." },
  ...{ fix: "Use 12 pt.", evidence: [], measure: null },
});
const claim = {
  ...{ claim: "Fewer readmissions", kind: "outcome", status: "third_party" as const },
  ...{ evidence: [on(3, "31 % fewer")], missing: ["a control group"] },
};
const none = { applicable: false, reason: "No science slide.", summary: null, score: null };

const results = resultsSchema.parse({
  visual_analysis: {
    slides: [
      {
        ...{ slide: 1, title: "Aurora *", text: "Aurora", description: "A cover.", kind: "cover" },
        ...{ text_source: "ocr", words: 1, visuals: [], blocks: [], language: "en" },
      },
    ],
  },
  slide_feedback: {
    slides: [
      { slide: 1, findings: [finding("praise"), finding("major")] },
      { slide: 2, findings: [finding("major")] },
    ],
  },
  extractions_and_template: {
    extractions: {
      startup_name: field("Aurora", [on(1, "Aurora"), on(9, "Aurora Ltd", false)]),
      company_offering: field("A patch"),
      healthcare: field({ is_healthcare: true, sector: "health_data_ai" }, [on(2, "patients")]),
      funding_amount: field({ amount: [1_500_000, 2_000_000], currency: "USD", round: "seed" }),
      deck_date: field(null),
    },
    template: {
      template: "general",
      score: 2.25,
      chapters: [
        {
          ...{ id: "team", title: "Team", score: 4 },
          questions: [
            {
              ...{ id: "T1", question: "Who?", answer: "Two <founders>", score: 4, reason: "" },
              ...{ missing: "A doctor.", evidence: [on(5, "Ann | Ben")] },
            },
          ],
        },
        { id: "market", title: "Market", score: null, questions: [] },
      ],
    },
  },
  specialized_clinical: {
    ...{ applicable: true, reason: null, summary: "One claim.", score: 3, claims: [claim] },
    missing: [{ what: "A trial", slides: [3, 7] }],
  },
  specialized_science: { ...none, claims: [], missing: [] },
});

const ended = (own: Partial<Ended> = {}): Ended => ({
  ...{ name: "aurora.pdf", sha256: "a".repeat(64), pages: 22, state: "done" as const },
  pack: null,
  ...{ engine: "extractive", seconds: 6.2, error: null, results, note: null, more: null },
  ...own,
});

it("sums a document up within 80 columns", () => {
  const text = summaryOf(ended({ more: "http://127.0.0.1:4600/documents/d_7K2" }), style);
  expect(text).toBe(`aurora.pdf  done in 6.2 s, 22 slides, built-in engine
  Company     Aurora (slides 1, 9)
  Healthcare  yes, health data ai (slide 2)
  Ask         USD 1.5 to 2 million, seed
  Deck date   not stated in the deck
  Findings    2 major, 1 praise
  Clinical    3 of 5, 1 claim, 1 proof missing
  Science     does not apply: No science slide.
  Score       2.3 of 5
    Team                                    ━━━━━━━━──  4.0 of 5
    Market                                  ──────────  not scored
  More        http://127.0.0.1:4600/documents/d_7K2
`);
});

it("sums up what went wrong: code, why, what to do", () => {
  const error = { code: "PDF_ENCRYPTED", title: "The PDF needs a password." } as const;
  const refused = ended({
    ...{ state: "rejected", results: {}, pages: null, engine: null },
    error: { ...error, detail: null, next: "Remove the password and upload it again." },
  });
  expect(summaryOf(refused, style)).toBe(
    "aurora.pdf  refused: The PDF needs a password. [PDF_ENCRYPTED]\n  Remove the password and upload it again.\n",
  );
  const gaps = ended({
    state: "done_with_gaps",
    results: {},
    note: "Reading the slides: slide 7 could not be read.",
  });
  expect(summaryOf(gaps, style)).toBe(
    "aurora.pdf  done with gaps in 6.2 s, 22 slides, built-in engine\n  Reading the slides: slide 7 could not be read.\n",
  );
  const unsent = ended({
    ...{ state: "not_sent", results: {}, pages: null, engine: null, pack: null },
    error: { code: "WAIT_TIMEOUT", title: "It is not finished yet.", detail: "", next: "Send it." },
  });
  expect(summaryOf(unsent, style)).toBe("aurora.pdf  not sent\n  Send it.\n");
  expect(totalOf([refused, gaps, ended(), ended(), unsent])).toBe(
    "5 documents: 1 refused, 1 done with gaps, 2 done, 1 not sent.",
  );
});

it("keeps to ASCII and to one line a name, whatever the name", () => {
  const text = summaryOf(ended({ name: `a\nb\u001b[31m${"x".repeat(99)}` }), {
    ...style,
    unicode: false,
  });
  expect(text).not.toMatch(/[^\x20-\x7e\n]/);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(84);
});

const answer = (own: Partial<DocumentResults> = {}): DocumentResults => ({
  ...{ document: "d_7K2", pipeline: "p_4MD", complete: true, results },
  ...{ generation: 1, generations: [1], reviews: [] },
  ...{
    engine: { name: "extractive", model: null },
    pack: { name: "pitch-deck", version: 1, hash: "0a1b2c3d" },
  },
  ...own,
});

const reported = (document: DocumentSummary, all: DocumentResults, choice: Choice): string =>
  markdownOf(reportOf(document, all, choice));

it("writes a report to read, in which a deck's words are no markup", () => {
  expect(reported(doneView({ company: "Aurora" }), answer(), {})).toBe(`# Aurora

aurora.pdf, 22 slides, read by: built-in engine, with pitch-deck@1 (0a1b2c3d).

## Facts

- **Company**: Aurora
  > Slide 1: "Aurora"
  > Slide 9: "Aurora Ltd" (not found on that slide)
- **Offering**: A patch
- **Healthcare**: yes, health data ai
  > Slide 2: "patients"
- **Ask**: USD 1.5 to 2 million, seed
- **Deck date**: not stated in the deck

## Questions: 2.3 of 5

### Team: 4.0 of 5

- **Who?** (4 of 5) Two \\<founders\\> Missing: A doctor.
  > Slide 5: "Ann \\| Ben"

### Market: not scored

## Clinical: 3 of 5

One claim.

- Fewer readmissions (third party) Missing: a control group.
  > Slide 3: "31 % fewer"

Proof an investor would ask for:

- A trial (slides 3, 7)

## Science

Does not apply: No science slide.

## Slides

### Slide 1: Aurora \\*

A cover.

- **praise**: Text is 8 pt. Nobody reads it. Use 12 pt.
- **major**: Text is 8 pt. Nobody reads it. Use 12 pt.

### Slide 2

- **major**: Text is 8 pt. Nobody reads it. Use 12 pt.
`);
});

it("reports one task, one slide, or what there is so far", () => {
  const head =
    "# aurora.pdf\n\naurora.pdf, 22 slides, read by: built-in engine, with pitch-deck@1 (0a1b2c3d).\n\n";
  expect(reported(doneView(), answer(), { task: "specialized_science" })).toBe(
    `${head}## Science\n\nDoes not apply: No science slide.\n`,
  );
  expect(reported(doneView(), answer(), { slide: 2 })).toBe(
    `${head}## Slides\n\n### Slide 2\n\n- **major**: Text is 8 pt. Nobody reads it. Use 12 pt.\n`,
  );
  expect(reported(documentView(), answer({ complete: false, results: {} }), {})).toBe(
    `${head}Not finished yet: more will come.\n`,
  );
});

it.each([
  [{ amount: 4_500_000, currency: "EUR", round: "Series A" }, "EUR 4.5 million, Series A"],
  [{ amount: 800_000, currency: "GBP", round: null }, "GBP 800,000"],
  [{ amount: 1_250_000_000, currency: "USD", round: "" }, "USD 1.25 billion"],
])("says an ask of %j", (ask, words) => expect(askWords(ask)).toBe(words));

it("names the engine that spoke", () => {
  expect(engineId(null)).toBeNull();
  expect(engineId({ name: "extractive", model: null })).toBe("extractive");
  expect(engineId({ name: "ollama", model: "llava:13b" })).toBe("ollama/llava:13b");
  expect(engineWords("ollama/hf.co/x/llava:13b")).toBe("Ollama, hf.co/x/llava:13b");
  expect(findingsWords([])).toBe("none");
});

it("lists documents as the page does, and cuts names only on a terminal", () => {
  const charged = {
    ...({ charging: "charged", containerSeconds: 9 } as const),
    ...{ expected: null, estimatedMicroUsd: 0 },
  };
  const documents = [
    {
      ...documentView({}, { name: "a deck whose name is longer than the room of a terminal.pdf" }),
      cost: { document: "d_7K2", ...charged, microUsd: 31_000, complete: false },
    },
    {
      ...doneView({
        ...{ id: "d_1", company: "Aurora" },
        version: { number: 2, of: 3, deckId: "k_1" },
        fileRun: { number: 2, of: 2 },
        findings: { critical: 0, major: 2, minor: 3, note: 1, praise: 4 },
      }),
      cost: null,
    },
  ];
  const nowMs = Date.parse("2026-11-23T12:05:27Z");
  const text = (columns: number | null) =>
    listText(documents, style, { utc: true, columns, nowMs });
  expect(text(110)).toBe(
    `DOCUMENT NAME                               PROGRESS           FINDINGS         COST         ENDED
d_7K2    a deck whose name is longer than…  62 % Running       -                $0.03 so far for 1 min 20 s
d_1      aurora.pdf (Aurora) v2 run 2       Done               6, 2 major       -            2026-11-23 12:04Z`,
  );
  expect(text(80)).toContain("a deck whose name is… 62 % Running       $0.03 so far for");
  expect(text(70)).toContain("a deck whose name is lo… 62 % Running       for 1 min 20 s");
  expect(text(null)).toContain("of a terminal.pdf 62 %");
});

it("shows where a document stands", () => {
  const failure = {
    ...({ code: "MODEL_TIMEOUT", title: "The model took too long." } as const),
    ...{ detail: "slide 7", next: "It is tried again by itself." },
  };
  const document = documentView({
    progress: {
      eta: { p50Seconds: 8, p90Seconds: 10, n: 3 },
      tasks: [
        taskView("visual_analysis", {
          state: "done",
          seconds: 2.4,
          done: null,
          total: null,
          gaps: [7],
        }),
        taskView("slide_feedback", { attempt: 2, failure }),
        taskView("specialized_science", {
          state: "blocked",
          done: null,
          total: null,
          container: null,
        }),
      ],
    },
  });
  expect(statusText(document, style, true)).toBe(`aurora.pdf  d_7K2, 22 slides
State       Running: Reading the slides, 14 of 22.
Progress    62 %, ~8 s left (n=3)
Read by     built-in engine
Accepted    2026-11-23 12:04:07Z, 6.2 s in all
Pipeline    p_4MD, pitch-deck version 1

visual_analysis            done                2.4 s    vision-1
    without slides 7
slide_feedback             running    14/22             vision-1    attempt 2
    The model took too long. slide 7 It is tried again by itself.
specialized_science        blocked`);
});

it("says how many slides a cancelled document was left with", () => {
  const linesOf = (part: Parameters<typeof taskView>[1]): string => {
    const tasks = [taskView("visual_analysis", { state: "cancelled", gaps: [], ...part })];
    return statusText(documentView({ progress: { tasks } }), style, true);
  };
  expect(linesOf({ done: 14, total: 22 })).toContain("8 slides were not read; a retry reads them.");
  expect(linesOf({ done: null, total: null })).toContain("22 slides were not read");
  expect(linesOf({ state: "leased", done: 14, total: 22 })).not.toContain("not read");
});

it("shows every check, with a fix for what is wrong", () => {
  expect(
    doctorText(
      [
        { name: "node", result: "ok", detail: "20.20.2", fix: null },
        {
          name: "port",
          result: "warn",
          detail: "4600 is taken",
          fix: "Another one will be taken.",
        },
      ],
      style,
    ),
  ).toBe(`ok    node           20.20.2
warn  port           4600 is taken
                     -> Another one will be taken.

Ready to start.`);
  const failed = {
    name: "disk",
    result: "fail",
    detail: "0.1 GB free",
    fix: "Free some.",
  } as const;
  expect(doctorText([failed], style)).toContain("1 of 1 checks failed");
});
