import { z } from "zod";

/**
 * What the six tasks of a pitch deck produce. Every value and claim carries the slides it stands on
 * and a verbatim quote; `grounded` says whether the quote was found on that slide.
 */
export const evidence = z
  .object({
    slide: z.int().min(1),
    quote: z.string().max(2000),
    grounded: z.boolean(),
  })
  .meta({ id: "Evidence" });
export type Evidence = z.infer<typeof evidence>;

/** A run of text on a slide. Box as fractions of the page (0..1), origin top left; size likewise of its height. */
export const textBlock = z
  .object({
    text: z.string(),
    x: z.number(),
    y: z.number(),
    width: z.number(),
    height: z.number(),
    size: z.number(),
    /** Words of it that were read from a picture and may be misread. Absent: none. */
    doubtful: z.array(z.string()).optional(),
  })
  .meta({ id: "TextBlock" });
export type TextBlock = z.infer<typeof textBlock>;

export const slideKinds = [
  "cover",
  "problem",
  "solution",
  "product",
  "market",
  "competition",
  "business_model",
  "traction",
  "clinical",
  "regulatory",
  "science",
  "team",
  "financials",
  "ask",
  "roadmap",
  "contact",
  "other",
] as const;

export const slideAnalysis = z
  .object({
    slide: z.int().min(1),
    title: z.string().nullable(),
    /** All text of the slide in reading order. */
    text: z.string(),
    /** What is to be seen, in one to three sentences. */
    description: z.string(),
    kind: z.enum(slideKinds),
    /** Where the text comes from: the PDF's text layer, OCR, the model, or nowhere (no text). */
    text_source: z.enum(["text_layer", "ocr", "both", "model", "none"]),
    words: z.int().min(0),
    /** Counted on the page: pictures, drawn charts, tables. */
    visuals: z.array(
      z.object({ kind: z.enum(["picture", "chart", "table", "diagram"]), note: z.string() }),
    ),
    blocks: z.array(textBlock).max(600),
    language: z.string().nullable(),
  })
  .meta({ id: "SlideAnalysis" });
export type SlideAnalysis = z.infer<typeof slideAnalysis>;

export const visualAnalysis = z
  .object({ slides: z.array(slideAnalysis) })
  .meta({ id: "VisualAnalysis" });
export type VisualAnalysis = z.infer<typeof visualAnalysis>;

export const severities = ["critical", "major", "minor", "note", "praise"] as const;

export const finding = z
  .object({
    /** Stable name of the rule, such as `text_too_small`; for a model `opinion`. */
    rule: z.string(),
    severity: z.enum(severities),
    what: z.string(),
    why: z.string(),
    fix: z.string(),
    evidence: z.array(evidence),
    /** The measured number behind it, when there is one: { name, value, limit, unit }. */
    measure: z
      .object({
        name: z.string(),
        value: z.number(),
        limit: z.number().nullable(),
        unit: z.string(),
      })
      .nullable(),
  })
  .meta({ id: "Finding" });
export type Finding = z.infer<typeof finding>;

/** A number the slide states about the company or its market, to be held against other slides. */
export const statedFigure = z
  .object({
    kind: z.enum(["market", "ask", "team", "customers"]),
    /** Of what: which market or which customers, in folded words of the slide; "" when it does not say. */
    of: z.string(),
    /** Money in whole units, people and customers by number. */
    value: z.number(),
    /** ISO code of the currency, or what is counted. */
    unit: z.string(),
    /** The year it holds for, when the words say one. */
    year: z.int().nullable(),
    quote: z.string(),
  })
  .meta({ id: "StatedFigure" });
export type StatedFigure = z.infer<typeof statedFigure>;

export const slideFindings = z
  .object({
    slide: z.int().min(1),
    findings: z.array(finding),
    figures: z.array(statedFigure).default([]),
  })
  .meta({ id: "SlideFindings" });
export type SlideFindings = z.infer<typeof slideFindings>;

/** A finding of the whole deck: one that repeats on several slides, or slides that disagree. */
export const deckFinding = finding
  .extend({ slides: z.array(z.int().min(1)).min(1) })
  .meta({ id: "DeckFinding" });
export type DeckFinding = z.infer<typeof deckFinding>;

export const slideFeedback = z
  .object({
    slides: z.array(slideFindings),
    /** The ten findings that weigh most, repeats merged. */
    deck: z.array(deckFinding).max(10).default([]),
  })
  .meta({ id: "SlideFeedback" });
export type SlideFeedback = z.infer<typeof slideFeedback>;

/** A date as precise as the document is: 2026, 2026-05 or 2026-05-04. */
export const isoDate = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

const extraction = <T extends z.ZodType>(value: T) =>
  z.object({
    /** null when the deck does not say. */
    value: value.nullable(),
    confidence: z.number().min(0).max(1),
    evidence: z.array(evidence),
    note: z.string().nullable(),
    /**
     * Whether the value stands in one of its quotes that were found on their slides (a judgement: whether
     * there is such a quote). Absent: there is no value, or nobody looked.
     */
    supported: z.boolean().optional(),
    /** Other values that the deck states for the same field, each with its own quotes. */
    conflicts: z.array(z.object({ value, evidence: z.array(evidence) })).default([]),
  });

export const sectors = [
  "digital_therapeutics",
  "healthcare_infrastructure",
  "telemedicine",
  "diagnostics_devices",
  "biotech_pharma",
  "health_data_ai",
  "consumer_health",
  "healthcare_marketplaces",
] as const;
export type Sector = (typeof sectors)[number];

export const extractions = z
  .object({
    startup_name: extraction(z.string()),
    company_offering: extraction(z.string()),
    healthcare: extraction(
      z.object({ is_healthcare: z.boolean(), sector: z.enum(sectors).nullable() }),
    ),
    funding_amount: extraction(
      z.object({
        amount: z.union([z.number(), z.tuple([z.number(), z.number()])]),
        currency: z.string(),
        round: z.string().nullable(),
      }),
    ),
    /** ISO date, year-month or year. */
    deck_date: extraction(z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)),
  })
  .meta({ id: "Extractions" });
export type Extractions = z.infer<typeof extractions>;

export const templateAnswer = z
  .object({
    id: z.string(),
    question: z.string(),
    /** null: not shown in the deck. */
    answer: z.string().nullable(),
    /** 0 (absent) to 5; null when the question does not apply. */
    score: z.int().min(0).max(5).nullable(),
    reason: z.string(),
    /** The one fact that would raise the score. */
    missing: z.string().nullable(),
    evidence: z.array(evidence),
  })
  .meta({ id: "TemplateAnswer" });
export type TemplateAnswer = z.infer<typeof templateAnswer>;

export const templateAnalysis = z
  .object({
    template: z.string(),
    chapters: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        score: z.number().min(0).max(5).nullable(),
        questions: z.array(templateAnswer),
      }),
    ),
    /** Weighted mean of the chapters, 0..5. */
    score: z.number().min(0).max(5).nullable(),
  })
  .meta({ id: "TemplateAnalysis" });
export type TemplateAnalysis = z.infer<typeof templateAnalysis>;

export const extractionsAndTemplate = z
  .object({ extractions, template: templateAnalysis })
  .meta({ id: "ExtractionsAndTemplate" });
export type ExtractionsAndTemplate = z.infer<typeof extractionsAndTemplate>;

/** What is wrong or unproven in the wording of a claim. */
export const claimIssue = z
  .object({
    /** Stable name, such as `fda_approved_for_cleared`. */
    code: z.string(),
    severity: z.enum(["critical", "major", "minor"]),
    /** What the words get wrong, or what they leave unproven. */
    what: z.string(),
    /** What to say or to show instead. */
    fix: z.string(),
    /** For a sentence about law or practice: the date it was true at. */
    as_of: z.iso.date().nullable(),
  })
  .meta({ id: "ClaimIssue" });
export type ClaimIssue = z.infer<typeof claimIssue>;

/** A number of a registry, authority, paper or patent: quoted from the slide, not looked up anywhere. */
export const claimIdentifier = z
  .object({
    kind: z.enum(["trial", "device", "paper", "patent", "standard"]),
    id: z.string(),
    checked: z.literal(false),
  })
  .meta({ id: "ClaimIdentifier" });

export const claim = z
  .object({
    claim: z.string(),
    kind: z.string(),
    status: z.enum(["shown", "stated", "planned", "third_party", "unclear"]),
    evidence: z.array(evidence).min(1),
    missing: z.array(z.string()),
    issues: z.array(claimIssue).default([]),
    identifiers: z.array(claimIdentifier).default([]),
  })
  .meta({ id: "Claim" });
export type Claim = z.infer<typeof claim>;

export const specializedAnalysis = z
  .object({
    /** false: this analysis does not apply to the deck, and `reason` says why. */
    applicable: z.boolean(),
    reason: z.string().nullable(),
    summary: z.string().nullable(),
    score: z.int().min(0).max(5).nullable(),
    claims: z.array(claim),
    /** What proof an investor would ask for and does not find, with the slides that raised it. */
    missing: z.array(z.object({ what: z.string(), slides: z.array(z.int()) })),
  })
  .meta({ id: "SpecializedAnalysis" });
export type SpecializedAnalysis = z.infer<typeof specializedAnalysis>;

/** What a pack may ask for, field by field. A list holds values of its item's type. */
export const fieldTypes = [
  "text",
  "number",
  "money",
  "date",
  "boolean",
  "choice",
  "person",
  "list",
] as const;

/** Of a date: as `deck_date`. Of a choice: its value. Of a person: the name. */
export const fieldValue = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.object({ amount: z.number(), currency: z.string() }),
    z.array(z.union([z.string(), z.number()])),
  ])
  .meta({ id: "FieldValue" });
export type FieldValue = z.infer<typeof fieldValue>;

/** One answered field, with what a reader needs to show it without the pack. */
export const fieldResult = z
  .object({
    name: z.string(),
    title: z.string(),
    type: z.enum(fieldTypes),
    required: z.boolean(),
    /** null when the document does not say. */
    value: fieldValue.nullable(),
    confidence: z.number().min(0).max(1),
    evidence: z.array(evidence),
    /** Other values the document states, each with its quotes. */
    conflicts: z.array(z.object({ value: fieldValue, evidence: z.array(evidence) })),
    note: z.string().nullable(),
  })
  .meta({ id: "FieldResult" });
export type FieldResult = z.infer<typeof fieldResult>;

/** What the step `extract_fields` produces, in the order the pack declares. */
export const fieldsResult = z.object({ fields: z.array(fieldResult) }).meta({ id: "FieldsResult" });
export type FieldsResult = z.infer<typeof fieldsResult>;

/** Results by task name. A task of another pack may produce any JSON object. */
export const resultSchemas = {
  visual_analysis: visualAnalysis,
  slide_feedback: slideFeedback,
  extractions_and_template: extractionsAndTemplate,
  specialized_clinical: specializedAnalysis,
  specialized_regulatory: specializedAnalysis,
  specialized_science: specializedAnalysis,
} as const;
export type TaskName = keyof typeof resultSchemas;

export const results = z
  .object({
    visual_analysis: visualAnalysis,
    slide_feedback: slideFeedback,
    extractions_and_template: extractionsAndTemplate,
    specialized_clinical: specializedAnalysis,
    specialized_regulatory: specializedAnalysis,
    specialized_science: specializedAnalysis,
  })
  .partial()
  .catchall(z.record(z.string(), z.unknown()))
  .meta({ id: "Results" });
export type Results = z.infer<typeof results>;
