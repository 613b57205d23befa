import { useRef } from "react";
import { claimPaths } from "../../../src/core/review/paths.ts";
import type { Claim, DocumentResults, DocumentSummary, ReviewView } from "../api/types.ts";
import { rangesWords } from "../lib/format.ts";
import { titleWords } from "../lib/words.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { EvidencePane } from "./evidence-pane.tsx";
import { ReviewControl } from "./review-control.tsx";
import { useChosen } from "./use-chosen.ts";

const verdicts = {
  shown: { tone: "good", words: "Shown", says: "Data stands on a slide." },
  stated: { tone: "accent", words: "Stated", says: "Claimed without data." },
  planned: { tone: "plain", words: "Planned", says: "Not done yet." },
  third_party: { tone: "plain", words: "Third party", says: "Somebody else's finding." },
  unclear: { tone: "warn", words: "Unclear", says: "The words leave it open." },
} as const;

const head = "px-3 py-2 text-left text-xs font-medium text-ink-2";
const cell = "border-t border-line px-3 py-2.5 align-top";
const wide = "max-md:hidden";

const slidesOf = ({ evidence }: Claim): number[] =>
  [...new Set(evidence.map(({ slide }) => slide))].sort((a, b) => a - b);

const proofOf = ({ missing, issues }: Claim): string[] => [
  ...missing,
  ...(issues ?? []).map(({ what, fix }) => [what, fix].filter((part) => part !== "").join(" ")),
];

function Row({
  path,
  claim,
  review,
  isChosen,
  onChoose,
}: {
  path: string | undefined;
  claim: Claim;
  review: ReviewView | undefined;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const { tone, words, says } = verdicts[claim.status];
  const proof = proofOf(claim);
  const slides = slidesOf(claim);
  return (
    <tr
      data-choice={path}
      className={isChosen ? "bg-accent-soft" : "hover:bg-sunken"}
      // The button in the row does the same for the keyboard.
      onClick={onChoose}
    >
      <th scope="row" className={`${cell} text-left font-normal`}>
        <button
          type="button"
          aria-pressed={isChosen}
          onClick={onChoose}
          className="min-h-6 text-left font-medium [overflow-wrap:anywhere] text-accent-ink hover:underline"
        >
          {claim.claim}
        </button>
        <span className="mt-0.5 flex flex-wrap items-center gap-1.5 text-xs text-ink-2">
          {titleWords(claim.kind)}
          {review !== undefined && (
            <Badge tone={review.stale ? "warn" : "plain"}>
              {titleWords(review.verdict)}
              {review.stale && ", stale"}
            </Badge>
          )}
        </span>
        <span className="mt-1 block text-[13px] text-ink-2 md:hidden">
          {slides.length > 0 && `Slides ${rangesWords(slides)}. `}
          {proof.length > 0 && `Missing: ${proof.join("; ")}`}
        </span>
      </th>
      <td className={cell}>
        <span title={says}>
          <Badge tone={tone}>{words}</Badge>
        </span>
      </td>
      <td className={`${cell} ${wide} text-[13px] tabular-nums`}>{rangesWords(slides)}</td>
      <td className={`${cell} ${wide} text-[13px] break-words text-ink-2`}>
        {proof.length === 0 ? (
          "None named"
        ) : (
          <ul className="space-y-1">
            {proof.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}

/** Claims of one kind with their proof; choosing a row shows the slide it stands on. */
export function ClaimsTable({
  document,
  task,
  claims,
  all,
}: {
  document: DocumentSummary;
  task: string;
  claims: readonly Claim[];
  all: DocumentResults;
}) {
  const paths = claimPaths(task, claims);
  const details = useRef<HTMLDivElement>(null);
  const { path, choose, chosen, show } = useChosen("Claims", paths);
  const claim = path === undefined ? undefined : claims[paths.indexOf(path)];
  const reviewOf = (one: string | undefined): ReviewView | undefined =>
    all.reviews.find((review) => review.path === one);
  const shown = claims.filter(({ status }) => status === "shown").length;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <Panel>
        <table className="w-full">
          <caption className="px-3 pt-3 pb-1 text-left text-[13px] text-ink-2">
            {claims.length} {claims.length === 1 ? "claim" : "claims"}, {shown} with data on a
            slide.
          </caption>
          <thead>
            <tr>
              <th scope="col" className={head}>
                Claim
              </th>
              <th scope="col" className={head}>
                Verdict
              </th>
              <th scope="col" className={`${head} ${wide}`}>
                Slides
              </th>
              <th scope="col" className={`${head} ${wide}`}>
                What proof is missing
              </th>
            </tr>
          </thead>
          <tbody>
            {claims.map((one, index) => (
              <Row
                key={paths[index]}
                path={paths[index]}
                claim={one}
                review={reviewOf(paths[index])}
                isChosen={paths[index] === path}
                onChoose={() => {
                  choose(paths[index] ?? "");
                  details.current?.scrollIntoView({ block: "nearest" });
                }}
              />
            ))}
          </tbody>
        </table>
      </Panel>
      <div ref={details} className="scroll-mt-18 lg:sticky lg:top-18">
        {claim !== undefined && path !== undefined && (
          <Panel className="p-3">
            <h3 className="font-semibold break-words">{claim.claim}</h3>
            <p className="mt-1 text-[13px] text-ink-2">{verdicts[claim.status].says}</p>
            {all.complete && (
              <ReviewControl
                key={path}
                document={document.id}
                generation={all.generation}
                path={path}
                label={claim.claim}
                review={reviewOf(path)}
                keys
              />
            )}
            <div className="mt-3">
              <EvidencePane
                key={path}
                document={document}
                evidence={claim.evidence}
                chosen={chosen}
                onChoose={show}
              />
            </div>
          </Panel>
        )}
      </div>
    </div>
  );
}
