import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowRightLeft, Download } from "lucide-react";
import type { Comparison } from "../../../src/contract/compare.ts";
import { buttonClass } from "../ui/button.tsx";
import { LoadFailed, StaleStrip } from "../ui/notice.tsx";
import { Empty, Panel, Skeleton } from "../ui/panel.tsx";
import { Score } from "../ui/score.tsx";
import { useTitle } from "../ui/use-title.ts";
import { VersionBadge } from "../ui/version-badge.tsx";
import { BeforeAndNow, Fields, Findings, Part, Slides } from "./parts.tsx";
import { compareQuery, compareUrl } from "./queries.ts";

const route = getRouteApi("/compare");

/** What has changed from one version of a deck to another. */
export function ComparePage() {
  useTitle("Compare two versions");
  const { a, b } = route.useSearch();
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="grow text-lg font-semibold tracking-tight">Compare two versions</h1>
        {a !== undefined && b !== undefined && (
          <>
            <Link to="/compare" search={{ a: b, b: a }} className={buttonClass()}>
              <ArrowRightLeft aria-hidden="true" className="size-3.5" /> Other way round
            </Link>
            <a href={`${compareUrl(a, b)}?format=md`} download className={buttonClass()}>
              <Download aria-hidden="true" className="size-3.5" /> Markdown
            </a>
          </>
        )}
      </div>
      {a === undefined || b === undefined ? <NothingChosen /> : <Told a={a} b={b} />}
    </div>
  );
}

function NothingChosen() {
  return (
    <Panel>
      <Empty title="Choose two documents.">
        A document that has an older version offers “Compare with” on its page. The{" "}
        <Link to="/portfolio" className="font-medium text-accent-ink underline">
          portfolio
        </Link>{" "}
        shows which have one.
      </Empty>
    </Panel>
  );
}

function Told({ a, b }: { a: string; b: string }) {
  const query = useQuery(compareQuery(a, b));
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    return query.isError ? (
      <LoadFailed error={query.error} onRetry={retry} />
    ) : (
      <Panel>
        <p className="sr-only" role="status">
          Comparing
        </p>
        <Skeleton className="h-96" />
      </Panel>
    );
  }
  const told = query.data;
  const slides = countsOf(told.slides);
  const findings = countsOf(told.findings);
  const moved = told.slides.filter((one) => one.moved).length;
  return (
    <div className="space-y-3">
      {query.isError && (
        <StaleStrip error={query.error} updatedAtMs={query.dataUpdatedAt} onRetry={retry} />
      )}
      <Panel className="grid gap-x-6 gap-y-3 p-4 sm:grid-cols-2">
        <Side title="Before" side={told.a} score={told.score.a} />
        <Side title="Now" side={told.b} score={told.score.b} />
      </Panel>
      {told.sameFile && (
        <p className="text-[13px] text-ink-2">
          Both are runs of the same file: what differs here was read otherwise, the deck is the
          same.
        </p>
      )}
      <Part
        title="Fields"
        count={told.fields.length === 0 ? "nothing has changed" : `${told.fields.length} changed`}
      >
        {told.fields.length > 0 && <Fields told={told} />}
      </Part>
      <Part
        title="Slides"
        count={wordsOf([
          [slides.added, "added"],
          [slides.removed, "removed"],
          [slides.changed, "changed"],
          [moved, "moved"],
          [slides.same, "with the same words"],
        ])}
      >
        <Slides told={told} />
      </Part>
      <Part
        title="Findings"
        count={wordsOf([
          [findings.fixed, "fixed"],
          [findings.new, "new"],
          [findings.still, "still there"],
        ])}
      >
        <Findings told={told} />
      </Part>
      {told.chapters.length > 0 && (
        <Part title="Template" count={`${told.chapters.length} chapters are scored otherwise`}>
          <Chapters told={told} />
        </Part>
      )}
    </div>
  );
}

function countsOf(
  changes: readonly { readonly change: string }[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { change } of changes) counts[change] = (counts[change] ?? 0) + 1;
  return counts;
}

const wordsOf = (parts: readonly (readonly [number | undefined, string])[]): string => {
  const said = parts.flatMap(([count, words]) => (count ? `${count} ${words}` : []));
  return said.length === 0 ? "none" : said.join(", ");
};

function Side({
  title,
  side,
  score,
}: {
  title: string;
  side: Comparison["a"];
  score: number | null;
}) {
  return (
    <div className="min-w-0">
      <p className="text-xs text-ink-2">{title}</p>
      <p className="flex flex-wrap items-center gap-x-2">
        <Link
          to="/documents/$id"
          params={{ id: side.id }}
          className="min-h-6 min-w-0 font-medium break-words hover:underline"
        >
          {side.company ?? side.name}
        </Link>
        <VersionBadge of={side} />
      </p>
      <p className="text-xs break-all text-ink-3">
        {side.name} · {side.pages} slides
      </p>
      <p className="mt-1 flex items-center gap-2 text-[13px] text-ink-2">
        Template <Score score={score} label="Template score" />
      </p>
      {!side.complete && (
        <p className="mt-1 text-[13px] text-warn">
          It is still being read: this is what there is so far.
        </p>
      )}
    </div>
  );
}

function Chapters({ told }: { told: Comparison }) {
  return (
    <table className="w-full table-fixed text-[13px]">
      <caption className="sr-only">Chapters of the template by their scores</caption>
      <BeforeAndNow of="Chapter" />
      <tbody className="divide-y divide-line">
        {told.chapters.map(({ id, title, a, b }) => (
          <tr key={id}>
            <th scope="row" className="px-2 py-2 text-left font-medium wrap-anywhere sm:px-4">
              {title}
            </th>
            <td className="px-2 py-2 tabular-nums sm:px-4">{scoreText(a)}</td>
            <td className="px-2 py-2 tabular-nums sm:px-4">{scoreText(b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** As a number: two bars beside a title do not fit a narrow screen. */
const scoreText = (score: number | null): string =>
  score === null ? "not scored" : `${Math.round(score * 10) / 10} of 5`;
