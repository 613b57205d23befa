import { findingPaths, findingPlace } from "../../../src/core/review/paths.ts";
import { pageImageUrl } from "../api/client.ts";
import type { DocumentResults, DocumentSummary, Finding, SlideList } from "../api/types.ts";
import { bySeverity } from "../lib/severity.ts";
import { titleWords } from "../lib/words.ts";
import { heading, Reviewed } from "./print-reviewed.tsx";

/** Each with the path its review goes by, which goes by their order as they were found. */
function findingsOf(slide: number, findings: readonly Finding[]) {
  const paths = findingPaths(findingPlace("slide_feedback", slide), findings);
  return findings.map((finding, index) => ({ ...finding, path: paths[index] }));
}

/** Each slide in small, with what was seen on it and what is to be said of it. */
export function PrintedSlides({
  document,
  all,
  list,
}: {
  document: DocumentSummary;
  all: DocumentResults | undefined;
  list: SlideList;
}) {
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
              {bySeverity(findingsOf(slide, feedback?.findings ?? [])).map(
                ({ path, severity, what, fix }) => (
                  <li key={path}>
                    <b>{titleWords(severity)}:</b> {what} {fix}
                    <Reviewed all={all} path={path} />
                  </li>
                ),
              )}
            </ul>
          </div>
        </div>
      ))}
    </section>
  );
}
