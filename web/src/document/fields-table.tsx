import { TriangleAlert } from "lucide-react";
import { useRef } from "react";
import type { DocumentResults, DocumentSummary, ReviewView } from "../api/types.ts";
import { confidenceWords, rangesWords } from "../lib/format.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { EvidencePane } from "./evidence-pane.tsx";
import {
  byNeed,
  conflictWords,
  type Field,
  fieldStatus,
  lookedWords,
  slidesOfField,
} from "./fields.ts";
import { ReviewControl } from "./review-control.tsx";
import { useChosen } from "./use-chosen.ts";

const head = "px-3 py-2 text-left text-xs font-medium text-ink-2";
const cell = "px-3 py-2.5 align-top";
/** Not on a narrow screen: there the value's cell says it. */
const wide = "max-md:hidden";

/** What counts: the value as it was read, or struck through beside the one it was corrected to. */
function Value({ field, review }: { field: Field; review: ReviewView | undefined }) {
  if (review?.verdict === "corrected") {
    return (
      <>
        <ins className="font-medium no-underline">
          {field.wordsOf(review.reviewed) ?? "Not stated"}
        </ins>
        <span className="block text-[13px] text-ink-3">
          Read as: <del>{field.value ?? "Not found"}</del>
        </span>
      </>
    );
  }
  if (field.value === null) return <span className="text-ink-2 italic">Not found</span>;
  return <span className="font-medium">{field.value}</span>;
}

function Row({
  document,
  field,
  review,
  isChosen,
  onChoose,
}: {
  document: DocumentSummary;
  field: Field;
  review: ReviewView | undefined;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const status = fieldStatus(field, review);
  const slides = slidesOfField(field);
  const confidence = field.value === null ? null : confidenceWords(field.confidence);
  const isCorrected = review?.verdict === "corrected";
  return (
    <tr
      data-choice={field.path}
      className={`border-t border-line ${isChosen ? "bg-accent-soft" : "hover:bg-sunken"}`}
      // The button in the row does the same for the keyboard.
      onClick={onChoose}
    >
      <th scope="row" className={`${cell} w-36 text-left font-normal`}>
        <button
          type="button"
          aria-pressed={isChosen}
          className="min-h-6 text-left text-[13px] font-medium text-accent-ink hover:underline"
          onClick={onChoose}
        >
          {field.label}
        </button>
      </th>
      <td className={`${cell} min-w-0 [overflow-wrap:anywhere]`}>
        <Value field={field} review={review} />
        {field.others.length > 0 && (
          <span className="mt-0.5 flex items-start gap-1 text-[13px] text-bad">
            <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
            <span className="min-w-0">{conflictWords(field)}</span>
          </span>
        )}
        {field.value === null && !isCorrected && (
          <span className="block text-[13px] text-ink-2">{lookedWords(document)}</span>
        )}
        <span className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-2 md:hidden">
          <Badge tone={status.tone}>{status.words}</Badge>
          {slides.length > 0 && <span>Slides {rangesWords(slides)}</span>}
          {confidence !== null && <span>{confidence}</span>}
        </span>
      </td>
      <td className={`${cell} ${wide} text-[13px] text-ink-2`}>{field.unit}</td>
      <td className={`${cell} ${wide} text-[13px] tabular-nums`}>{rangesWords(slides)}</td>
      <td className={`${cell} ${wide} text-[13px] whitespace-nowrap`}>{confidence}</td>
      <td className={`${cell} ${wide}`}>
        <Badge tone={status.tone}>{status.words}</Badge>
      </td>
    </tr>
  );
}

/** What is known of the chosen field, with the slide it stands on, and what a person says of it. */
function Details({
  document,
  field,
  all,
  chosen,
  onShow,
}: {
  document: DocumentSummary;
  field: Field;
  all: DocumentResults;
} & Pick<Parameters<typeof EvidencePane>[0], "chosen"> & {
    onShow: Parameters<typeof EvidencePane>[0]["onChoose"];
  }) {
  const review = all.reviews.find(({ path }) => path === field.path);
  const evidence = [...field.evidence, ...field.others.flatMap((other) => other.evidence)];
  return (
    <Panel className="p-3">
      <h3 className="font-semibold">{field.label}</h3>
      {field.note !== null && <p className="mt-1 text-[13px] text-ink-2">{field.note}</p>}
      {evidence.length === 0 && (
        <p className="mt-1 text-[13px] text-ink-2">No slide is quoted for it.</p>
      )}
      {all.complete ? (
        <ReviewControl
          key={field.path}
          document={document.id}
          generation={all.generation}
          path={field.path}
          label={field.label}
          review={review}
          staleWords={field.wordsOf(review?.seen ?? null) ?? "that the deck does not state it"}
          value={field}
          keys
        />
      ) : (
        <p className="mt-2 text-[13px] text-ink-2">
          It can be verified, flagged and corrected once the document is done.
        </p>
      )}
      <div className="mt-3">
        <EvidencePane
          key={field.path}
          document={document}
          evidence={evidence}
          chosen={chosen}
          onChoose={onShow}
        />
      </div>
    </Panel>
  );
}

/** Fields as a table, what contradicts itself first; choosing a row shows where it stands. */
export function FieldsTable({
  document,
  fields,
  all,
  caption,
}: {
  document: DocumentSummary;
  fields: readonly Field[];
  all: DocumentResults;
  caption: string;
}) {
  const rows = byNeed(fields);
  const details = useRef<HTMLDivElement>(null);
  const { path, choose, chosen, show } = useChosen(
    caption,
    rows.map((field) => field.path),
  );
  const field = rows.find((one) => one.path === path);
  const conflicts = rows.filter(({ others }) => others.length > 0).length;
  const missing = rows.filter(({ value }) => value === null).length;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <Panel>
        <table className="w-full">
          <caption className="px-3 pt-3 pb-1 text-left text-[13px] text-ink-2">
            {caption}: {rows.length - missing} of {rows.length} found
            {conflicts > 0 && `, ${conflicts} where the deck contradicts itself`}.
          </caption>
          <thead>
            <tr>
              <th scope="col" className={head}>
                Field
              </th>
              <th scope="col" className={head}>
                Value
              </th>
              <th scope="col" className={`${head} ${wide}`}>
                Unit
              </th>
              <th scope="col" className={`${head} ${wide}`}>
                Slides
              </th>
              <th scope="col" className={`${head} ${wide}`}>
                Confidence
              </th>
              <th scope="col" className={`${head} ${wide}`}>
                Status
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <Row
                key={one.path}
                document={document}
                field={one}
                review={all.reviews.find((review) => review.path === one.path)}
                isChosen={one.path === path}
                onChoose={() => {
                  choose(one.path);
                  // Below the table on a narrow screen.
                  details.current?.scrollIntoView({ block: "nearest" });
                }}
              />
            ))}
          </tbody>
        </table>
      </Panel>
      <div ref={details} className="scroll-mt-18 lg:sticky lg:top-18">
        {field !== undefined && (
          <Details document={document} field={field} all={all} chosen={chosen} onShow={show} />
        )}
      </div>
    </div>
  );
}
