import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { resultsQuery } from "../api/queries.ts";
import type {
  DocumentResults,
  DocumentSummary,
  Evidence,
  Extractions,
  ReviewView,
} from "../api/types.ts";
import { confidenceWords, deckDateWords, moneyWords } from "../lib/format.ts";
import { sectorWords } from "../lib/words.ts";
import { Badge } from "../ui/badge.tsx";
import { EvidenceList } from "../ui/evidence.tsx";
import { Panel } from "../ui/panel.tsx";
import { Loaded } from "./loaded.tsx";
import { ReviewControl } from "./review-control.tsx";
import { TaskNotice } from "./task-notice.tsx";

export interface Field {
  readonly path: string;
  readonly label: string;
  /** As it was read, and how such a value is told. */
  readonly read: unknown;
  /** Of a correction. */
  readonly type: string;
  readonly wordsOf: (value: unknown) => string | null;
  /** null: the deck does not say. */
  readonly value: string | null;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly note: string | null;
  /** false: its quotes do not hold it. */
  readonly supported?: boolean | undefined;
  /** What the deck says as well, in words. */
  readonly others: readonly {
    readonly words: string | null;
    readonly evidence: readonly Evidence[];
  }[];
}

const healthcareWords = (value: Extractions["healthcare"]["value"]): string | null => {
  if (value === null) return null;
  if (!value.is_healthcare) return "No";
  return value.sector === null ? "Yes" : `Yes: ${sectorWords(value.sector)}`;
};

const fundingWords = (value: Extractions["funding_amount"]["value"]): string | null => {
  if (value === null) return null;
  const sum = moneyWords(value.amount, value.currency);
  return value.round === null ? sum : `${sum}, ${value.round}`;
};

/** One field in words, and what the deck says against it. */
function fieldOf<T>(
  name: string,
  type: string,
  label: string,
  {
    value,
    conflicts,
    ...rest
  }: Omit<Field, "path" | "type" | "label" | "read" | "wordsOf" | "value" | "others"> & {
    readonly value: T | null;
    readonly conflicts?: readonly {
      readonly value: T | null;
      readonly evidence: readonly Evidence[];
    }[];
  },
  words: (value: T | null) => string | null,
): Field {
  const others = (conflicts ?? []).map((one) => ({
    words: words(one.value),
    evidence: one.evidence,
  }));
  const wordsOf = (one: unknown): string | null => words(one as T | null);
  const path = `extractions.${name}`;
  return { ...rest, path, type, label, read: value, wordsOf, value: words(value), others };
}

const asIs = (value: string | null): string | null => value;
const dateWords = (value: string | null): string | null =>
  value === null ? null : deckDateWords(value);

const fieldsOf = (found: Extractions): readonly Field[] => {
  const { startup_name, company_offering, healthcare, funding_amount, deck_date } = found;
  return [
    fieldOf("startup_name", "text", "Startup name", startup_name, asIs),
    fieldOf("company_offering", "text", "What it offers", company_offering, asIs),
    fieldOf("healthcare", "healthcare", "Healthcare", healthcare, healthcareWords),
    fieldOf("funding_amount", "ask", "Funding asked for", funding_amount, fundingWords),
    fieldOf("deck_date", "date", "Date of the deck", deck_date, dateWords),
  ];
};

const notStated = <span className="font-normal text-ink-3 italic">Not stated in the deck</span>;

/** What counts: the value as it was read, or struck through beside the one it was corrected to. */
function FieldValue({ field, review }: { field: Field; review: ReviewView | undefined }) {
  if (review?.verdict === "corrected") {
    return (
      <>
        <p className="font-medium break-words">
          <ins className="no-underline">{field.wordsOf(review.reviewed) ?? notStated}</ins>
        </p>
        <p className="mt-0.5 text-[13px] break-words text-ink-3">
          Read as: <del>{field.value ?? "Not stated in the deck"}</del>
        </p>
      </>
    );
  }
  if (field.value === null) return <p>{notStated}</p>;
  return (
    <>
      <p className="font-medium break-words">{field.value}</p>
      <p className="mt-0.5 text-xs text-ink-3">
        Confidence: {confidenceWords(field.confidence)}
        {field.supported === false && ". No quote of it holds this."}
      </p>
    </>
  );
}

/** What should make a reader look twice, before the evidence itself. */
function Doubts({ field }: { field: Field }) {
  const { evidence, others } = field;
  const unfound = evidence.filter(({ grounded }) => !grounded).length;
  if (unfound === 0 && others.length === 0) return null;
  return (
    <p className="mt-1.5 flex flex-wrap gap-1">
      {unfound > 0 && (
        <Badge tone="warn">
          <TriangleAlert aria-hidden="true" className="size-3" />
          {unfound === evidence.length ? "Quote not found" : "A quote was not found"}
        </Badge>
      )}
      {others.length > 0 && (
        <Badge tone="warn">
          <TriangleAlert aria-hidden="true" className="size-3" /> The deck contradicts itself
        </Badge>
      )}
    </p>
  );
}

export function FieldRow({
  document,
  field,
  all,
}: {
  document: string;
  field: Field;
  all: DocumentResults;
}) {
  const review = all.reviews.find(({ path }) => path === field.path);
  return (
    <div className="grid gap-x-5 gap-y-1.5 px-4 py-3.5 md:grid-cols-[9rem_minmax(0,1fr)_minmax(0,1.2fr)]">
      <dt className="text-[13px] font-medium text-ink-2">{field.label}</dt>
      <dd className="min-w-0">
        <FieldValue field={field} review={review} />
        {field.note !== null && <p className="mt-1 text-[13px] text-ink-2">{field.note}</p>}
        <Doubts field={field} />
        {all.complete && (
          <ReviewControl
            document={document}
            generation={all.generation}
            path={field.path}
            label={field.label}
            review={review}
            staleWords={field.wordsOf(review?.seen ?? null) ?? "that the deck does not state it"}
            value={field}
          />
        )}
      </dd>
      <dd className="min-w-0">
        <EvidenceList document={document} evidence={field.evidence} />
        {field.others.map((other) => (
          <div key={other.words} className="mt-2">
            <p className="text-[13px] text-ink-2">The deck also says: {other.words}</p>
            <EvidenceList document={document} evidence={other.evidence} />
          </div>
        ))}
      </dd>
    </div>
  );
}

export function ExtractionsTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(resultsQuery(document.id));
  return (
    <Loaded query={query}>
      {(all) =>
        all.results.extractions_and_template === undefined ? (
          <TaskNotice document={document} task="extractions_and_template" />
        ) : (
          <Panel>
            <h2 className="sr-only">Extractions</h2>
            <dl className="divide-y divide-line">
              {fieldsOf(all.results.extractions_and_template.extractions).map((field) => (
                <FieldRow key={field.path} document={document.id} field={field} all={all} />
              ))}
            </dl>
          </Panel>
        )
      }
    </Loaded>
  );
}
