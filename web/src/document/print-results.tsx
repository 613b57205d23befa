import { claimPaths } from "../../../src/core/review/paths.ts";
import type {
  DocumentResults,
  DocumentSummary,
  Evidence,
  SpecializedAnalysis,
  TemplateAnalysis,
} from "../api/types.ts";
import { rangesWords } from "../lib/format.ts";
import { taskWords, titleWords } from "../lib/words.ts";
import { allFields, byNeed, fieldStatus, lookedWords, slidesOfField } from "./fields.ts";
import { heading, Reviewed } from "./print-reviewed.tsx";
import { isAnalysis, isTemplate } from "./result-shapes.ts";

const cell = "border-t border-line py-1.5 pr-3 text-left align-top";

/** Word for word, and where; nothing where the value is its own quote. */
function Quotes({ evidence, of }: { evidence: readonly Evidence[]; of: string | null }) {
  return evidence
    .filter(({ quote }) => quote.trim() !== of?.trim())
    .slice(0, quotesMax)
    .map(({ slide, quote }) => (
      <span key={`${slide} ${quote}`} className="block text-xs text-ink-2">
        “{quote}” (slide {slide})
      </span>
    ));
}
const quotesMax = 2;

function Fields({ document, all }: { document: DocumentSummary; all: DocumentResults }) {
  const fields = byNeed(allFields(all));
  if (fields.length === 0) return null;
  return (
    <section>
      <h2 className={heading}>Facts</h2>
      <table className="w-full">
        <thead>
          <tr>
            {["Field", "Value", "Slides", "Status"].map((name) => (
              <th key={name} scope="col" className="py-1 pr-3 text-left text-xs">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => {
            const review = all.reviews.find(({ path }) => path === field.path);
            return (
              <tr key={field.path} className="break-inside-avoid">
                <th scope="row" className={cell}>
                  {field.label}
                </th>
                <td className={cell}>
                  {review?.verdict === "corrected"
                    ? `${field.wordsOf(review.reviewed) ?? "Not stated"} (read as: ${field.value ?? "not found"})`
                    : (field.value ?? `Not found. ${lookedWords(document)}`)}
                  <Quotes evidence={field.evidence} of={field.value} />
                  {field.others.map((other) => (
                    <span key={other.words} className="block">
                      The deck also says: {other.words}
                      <Quotes evidence={other.evidence} of={other.words} />
                    </span>
                  ))}
                  <Reviewed all={all} path={field.path} />
                </td>
                <td className={cell}>{rangesWords(slidesOfField(field))}</td>
                <td className={cell}>{fieldStatus(field, review).words}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function slideWords(evidence: readonly Evidence[]): string[] {
  const slides = [...new Set(evidence.map(({ slide }) => slide))].sort((a, b) => a - b);
  if (slides.length === 0) return [];
  return [`${slides.length === 1 ? "slide" : "slides"} ${rangesWords(slides)}`];
}

function Claims({
  all,
  task,
  found,
}: {
  all: DocumentResults;
  task: string;
  found: SpecializedAnalysis;
}) {
  const paths = claimPaths(task, found.claims);
  return (
    <section>
      <h2 className={heading}>{taskWords(task)}</h2>
      <p>{found.applicable ? found.summary : `Does not apply. ${found.reason ?? ""}`}</p>
      <ul className="list-disc pl-5">
        {found.claims.map(({ claim, status, missing, evidence }, index) => (
          <li key={paths[index]} className="mt-1 break-inside-avoid">
            {claim} ({[titleWords(status).toLowerCase(), ...slideWords(evidence)].join("; ")})
            {missing.length > 0 && `. Missing: ${missing.join("; ")}.`}
            <Quotes evidence={evidence} of={claim} />
            <Reviewed all={all} path={paths[index]} />
          </li>
        ))}
      </ul>
      {found.missing.length > 0 && (
        <>
          <h3 className="mt-2 break-after-avoid font-semibold">Proof an investor would ask for</h3>
          <ul className="list-disc pl-5">
            {found.missing.map(({ what }) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Template({
  all,
  title,
  prefix,
  template,
}: {
  all: DocumentResults;
  title: string;
  /** Of the paths of its answers. */
  prefix: string;
  template: TemplateAnalysis;
}) {
  return (
    <section>
      <h2 className={heading}>{title}</h2>
      {template.chapters.map((chapter) => (
        <div key={chapter.id} className="mt-2">
          <h3 className="break-after-avoid font-semibold">
            {chapter.title}
            {chapter.score !== null && `: ${chapter.score.toFixed(1)} of 5`}
          </h3>
          <ul className="list-disc pl-5">
            {chapter.questions.map(({ id, question, answer, missing }) => (
              <li key={id} className="mt-1 break-inside-avoid">
                <b>{question}</b> {answer ?? "Not shown in the deck."}
                {missing !== null && ` Would raise it: ${missing}`}
                <Reviewed all={all} path={`${prefix}.${id}`} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

/** Facts first, then what each task found, in the order of the pack. */
export function PrintedResults({
  document,
  all,
}: {
  document: DocumentSummary;
  all: DocumentResults;
}) {
  const main = all.results.extractions_and_template;
  const tasks = document.pipeline.progress.tasks.map(({ task }) => task);
  return (
    <>
      <Fields document={document} all={all} />
      {tasks.map((task) => {
        const found = all.results[task];
        if (found === undefined) return null;
        if (isAnalysis(found)) return <Claims key={task} all={all} task={task} found={found} />;
        if (!isTemplate(found)) return null;
        return (
          <Template key={task} all={all} title={taskWords(task)} prefix={task} template={found} />
        );
      })}
      {main !== undefined && (
        <Template all={all} title="Questions" prefix="template" template={main.template} />
      )}
    </>
  );
}
