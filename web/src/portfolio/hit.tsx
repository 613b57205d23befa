import { Link } from "@tanstack/react-router";
import type { SlideHit, Snippet } from "../../../src/contract/portfolio.ts";

/** Pieces of a deck's text; never taken for markup. */
function Marked({ snippet }: { snippet: Snippet }) {
  let at = 0;
  return (
    <>
      {snippet.map(({ text, marked }) => {
        at += text.length;
        return marked ? (
          <mark key={at} className="rounded-sm bg-accent-soft font-medium text-accent-ink">
            {text}
          </mark>
        ) : (
          <span key={at}>{text}</span>
        );
      })}
    </>
  );
}

/** The slide that has the words, with them around; leads to it with its line marked. */
export function Hit({ document, hit }: { document: string; hit: SlideHit }) {
  return (
    <p className="mt-1 text-[13px] wrap-anywhere text-ink-2">
      <Link
        to="/documents/$id"
        params={{ id: document }}
        search={{ tab: "slides", slide: hit.slide, quote: hit.quote }}
        className="mr-1.5 inline-flex min-h-6 items-center rounded border border-line bg-surface px-1.5 text-xs font-medium text-accent-ink hover:bg-accent-soft"
      >
        Slide {hit.slide}
      </Link>
      <Marked snippet={hit.snippet} />
    </p>
  );
}
