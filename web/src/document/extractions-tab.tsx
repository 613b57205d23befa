import { useQuery } from "@tanstack/react-query";
import { resultsQuery } from "../api/queries.ts";
import type { DocumentSummary, Evidence, Extractions } from "../api/types.ts";
import { confidenceWords, deckDateWords, moneyWords } from "../lib/format.ts";
import { sectorWords } from "../lib/words.ts";
import { EvidenceList } from "../ui/evidence.tsx";
import { Panel } from "../ui/panel.tsx";
import { Loaded } from "./loaded.tsx";
import { TaskNotice } from "./task-notice.tsx";

export interface Field {
  readonly label: string;
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
  label: string,
  {
    value,
    conflicts,
    ...rest
  }: Omit<Field, "label" | "value" | "others"> & {
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
  return { ...rest, label, value: words(value), others };
}

const asIs = (value: string | null): string | null => value;
const dateWords = (value: string | null): string | null =>
  value === null ? null : deckDateWords(value);

const fieldsOf = (found: Extractions): readonly Field[] => {
  const { startup_name, company_offering, healthcare, funding_amount, deck_date } = found;
  return [
    fieldOf("Startup name", startup_name, asIs),
    fieldOf("What it offers", company_offering, asIs),
    fieldOf("Healthcare", healthcare, healthcareWords),
    fieldOf("Funding asked for", funding_amount, fundingWords),
    fieldOf("Date of the deck", deck_date, dateWords),
  ];
};

export function FieldRow({ document, field }: { document: string; field: Field }) {
  return (
    <div className="grid gap-x-5 gap-y-1.5 px-4 py-3.5 md:grid-cols-[9rem_minmax(0,1fr)_minmax(0,1.2fr)]">
      <dt className="text-[13px] font-medium text-ink-2">{field.label}</dt>
      <dd className="min-w-0">
        {field.value === null ? (
          <p className="text-ink-3 italic">Not stated in the deck</p>
        ) : (
          <>
            <p className="font-medium break-words">{field.value}</p>
            <p className="mt-0.5 text-xs text-ink-3">
              Confidence: {confidenceWords(field.confidence)}
              {field.supported === false && ". No quote of it holds this."}
            </p>
          </>
        )}
        {field.note !== null && <p className="mt-1 text-[13px] text-ink-2">{field.note}</p>}
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
      {({ results }) =>
        results.extractions_and_template === undefined ? (
          <TaskNotice document={document} task="extractions_and_template" />
        ) : (
          <Panel>
            <h2 className="sr-only">Extractions</h2>
            <dl className="divide-y divide-line">
              {fieldsOf(results.extractions_and_template.extractions).map((field) => (
                <FieldRow key={field.label} document={document.id} field={field} />
              ))}
            </dl>
          </Panel>
        )
      }
    </Loaded>
  );
}
