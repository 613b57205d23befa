import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { pageImageUrl } from "../api/client.ts";
import { resultsQuery, slidesQuery } from "../api/queries.ts";
import type { DocumentResults, DocumentSummary, Evidence, SlideList } from "../api/types.ts";
import { rangesWords, slidesWords } from "../lib/format.ts";
import { bySeverity } from "../lib/severity.ts";
import { engineWords, taskWords, titleWords } from "../lib/words.ts";
import { allFields, byNeed, fieldStatus, lookedWords, slidesOfField } from "./fields.ts";
import { reviewedWords } from "./review-words.ts";

/** Whether the page is being printed; drawn before the browser looks, which waits for nothing. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(() => window.matchMedia("print").matches);
  useEffect(() => {
    const set = (now: boolean) => (): void => flushSync(() => setPrinting(now));
    const [begin, end] = [set(true), set(false)];
    const media = window.matchMedia("print");
    const change = (): void => setPrinting(media.matches);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    media.addEventListener("change", change);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
      media.removeEventListener("change", change);
    };
  }, []);
  return printing;
}

/** More pictures than these are not fetched before anybody asks for them. */
const picturesMax = 100;

/** A browser that begins to print waits for no picture: the small ones are fetched before. */
function useSmallPictures(document: DocumentSummary, slides: SlideList | undefined): void {
  const numbers = (slides?.complete === true ? slides.slides : [])
    .filter(({ image }) => image)
    .map(({ slide }) => slide)
    .slice(0, picturesMax)
    .join(" ");
  useEffect(() => {
    const fetched = numbers.split(" ").flatMap((slide) => {
      if (slide === "") return [];
      const picture = new Image();
      picture.fetchPriority = "low";
      picture.src = pageImageUrl(document.id, Number(slide), "thumb");
      return [picture];
    });
    // Held, so that they stay in the memory of the page.
    return () => void fetched.splice(0);
  }, [document.id, numbers]);
}

/** What is printed of a document's page, whatever tab is open: all results, in black on white. */
export function PrintReport({ document }: { document: DocumentSummary }) {
  const printing = usePrinting();
  const results = useQuery(resultsQuery(document.id)).data;
  const slides = useQuery(slidesQuery(document.id)).data;
  useSmallPictures(document, slides);
  if (!printing) return null;
  const { pipeline } = document;
  return (
    <article data-print-report className="hidden space-y-4 print:block">
      <header>
        <h1 className="text-2xl font-semibold">{document.company ?? document.name}</h1>
        <p>
          {document.name}, {slidesWords(document.pages)}.{" "}
          {engineWords(pipeline.engine, pipeline.finishedAt !== null)}; pack {pipeline.pack.name},
          version {pipeline.pack.version}.
        </p>
        {pipeline.state !== "done" && (
          <p className="mt-2 border-2 border-line-strong p-2 font-medium">
            Partial: {pipeline.status.name}. {pipeline.status.sentence}
          </p>
        )}
      </header>
      {results !== undefined && <Fields document={document} all={results} />}
      {results !== undefined && <Claims all={results} />}
      {results !== undefined && <Template all={results} />}
      {slides !== undefined && <Slides document={document} list={slides} />}
    </article>
  );
}

/** What it says stands below it, never on the next sheet. */
const heading =
  "mt-6 mb-1 break-after-avoid border-b-2 border-line-strong pb-1 text-lg font-semibold";
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
                  {review !== undefined && (
                    <span className="block text-xs">{reviewedWords(review)}</span>
                  )}
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

const specialised = [
  "specialized_clinical",
  "specialized_regulatory",
  "specialized_science",
] as const;

function slideWords(evidence: readonly Evidence[]): string[] {
  const slides = [...new Set(evidence.map(({ slide }) => slide))].sort((a, b) => a - b);
  if (slides.length === 0) return [];
  return [`${slides.length === 1 ? "slide" : "slides"} ${rangesWords(slides)}`];
}

function Claims({ all }: { all: DocumentResults }) {
  return specialised.map((task) => {
    const found = all.results[task];
    if (found === undefined) return null;
    return (
      <section key={task}>
        <h2 className={heading}>{taskWords(task)}</h2>
        <p>{found.applicable ? found.summary : `Does not apply. ${found.reason ?? ""}`}</p>
        <ul className="list-disc pl-5">
          {found.claims.map(({ claim, status, missing, evidence }) => (
            <li key={claim} className="mt-1 break-inside-avoid">
              {claim} ({[titleWords(status).toLowerCase(), ...slideWords(evidence)].join("; ")})
              {missing.length > 0 && `. Missing: ${missing.join("; ")}.`}
              <Quotes evidence={evidence} of={claim} />
            </li>
          ))}
        </ul>
      </section>
    );
  });
}

function Template({ all }: { all: DocumentResults }) {
  const template = all.results.extractions_and_template?.template;
  if (template === undefined) return null;
  return (
    <section>
      <h2 className={heading}>Questions</h2>
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
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Slides({ document, list }: { document: DocumentSummary; list: SlideList }) {
  return (
    <section>
      <h2 className={heading}>Slides</h2>
      {list.slides.map(({ slide, state, image, analysis, feedback, failure }) => (
        <div
          key={slide}
          className="grid break-inside-avoid grid-cols-[11rem_minmax(0,1fr)] gap-3 border-t border-line py-2"
        >
          <div>
            {image && (
              // The strip has loaded the same ones already.
              <img
                src={pageImageUrl(document.id, slide, "thumb")}
                alt={`Slide ${slide}`}
                className="w-full border border-line"
              />
            )}
          </div>
          <div>
            <h3 className="font-semibold">
              Slide {slide}
              {analysis?.title != null && `: ${analysis.title}`}
            </h3>
            <p>
              {failure?.title ??
                analysis?.description ??
                (state === "waits" ? "Not read yet." : "Not read.")}
            </p>
            <ul className="list-disc pl-5">
              {bySeverity(feedback?.findings ?? []).map(({ rule, severity, what, fix }) => (
                <li key={`${rule} ${what}`}>
                  <b>{titleWords(severity)}:</b> {what} {fix}
                </li>
              ))}
            </ul>
          </div>
        </div>
      ))}
    </section>
  );
}
