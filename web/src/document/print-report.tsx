import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { pageImageUrl } from "../api/client.ts";
import { resultsQuery, slidesQuery } from "../api/queries.ts";
import type { DocumentSummary, SlideList } from "../api/types.ts";
import { slidesWords } from "../lib/format.ts";
import { engineWords } from "../lib/words.ts";
import { PrintedResults } from "./print-results.tsx";
import { PrintedSlides } from "./print-slides.tsx";

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

/** A sheet without them must not look like that of a deck without any. */
function NotLoaded({ what }: { what: string }) {
  return (
    <p className="border-2 border-line-strong p-2 font-medium">
      {what} had not been loaded when this was printed.
    </p>
  );
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
      {results === undefined ? (
        <NotLoaded what="Results" />
      ) : (
        <PrintedResults document={document} all={results} />
      )}
      {slides === undefined ? (
        <NotLoaded what="Slides" />
      ) : (
        <PrintedSlides document={document} all={results} list={slides} />
      )}
    </article>
  );
}
