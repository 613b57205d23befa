import { ArrowRight, CircleCheck, CirclePlus, Dot, Minus, MoveVertical, Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { Comparison, FindingChange, SlideChange } from "../../../src/contract/compare.ts";
import { taskWords } from "../lib/words.ts";
import { cellWords } from "../portfolio/cell.tsx";
import { Badge } from "../ui/badge.tsx";
import { SlideLink } from "../ui/evidence.tsx";
import { Panel } from "../ui/panel.tsx";

export function Part({
  title,
  count,
  children,
}: {
  title: string;
  count: string;
  children: ReactNode;
}) {
  return (
    <Panel>
      <div className="flex flex-wrap items-baseline gap-x-2 border-b border-line px-4 py-2.5">
        <h2 className="font-semibold">{title}</h2>
        <p className="text-[13px] text-ink-2">{count}</p>
      </div>
      {children}
    </Panel>
  );
}

const said = (type: string, value: unknown, shown: string | null): ReactNode =>
  value === null ? (
    <span className="text-ink-3">not stated</span>
  ) : (
    cellWords(type, { value, shown })
  );

/** Fields that say another thing. */
/** Heads of a table that holds two versions beside each other. */
export function BeforeAndNow({ of }: { of: string }) {
  return (
    <thead className="border-b border-line text-xs text-ink-2">
      <tr>
        {[of, "Before", "Now"].map((name) => (
          <th key={name} scope="col" className="px-2 py-2 text-left font-medium sm:px-4">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function Fields({ told }: { told: Comparison }) {
  return (
    <table className="w-full table-fixed text-[13px]">
      <caption className="sr-only">Fields that have changed</caption>
      <BeforeAndNow of="Field" />
      <tbody className="divide-y divide-line">
        {told.fields.map(({ path, title, type, a, b, shownA, shownB }) => (
          <tr key={path} className="align-top">
            <th scope="row" className="px-2 py-2 text-left font-medium sm:px-4">
              {title}
            </th>
            <td className="px-2 py-2 break-words text-ink-2 sm:px-4">{said(type, a, shownA)}</td>
            <td className="px-2 py-2 break-words sm:px-4">{said(type, b, shownB)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const slideWords = {
  same: { words: "as before", tone: "plain" },
  changed: { words: "changed", tone: "warn" },
  added: { words: "added", tone: "good" },
  removed: { words: "removed", tone: "bad" },
} as const;

function Lines({ lines, mark }: { lines: readonly string[]; mark: "before" | "now" }) {
  const Icon = mark === "now" ? Plus : Minus;
  return lines.map((line) => (
    <li key={`${mark} ${line}`} className="flex gap-1.5">
      <Icon
        aria-hidden="true"
        className={`mt-1 size-3 shrink-0 ${mark === "now" ? "text-good" : "text-bad"}`}
      />
      <span className="sr-only">{mark}: </span>
      <span className="min-w-0 wrap-anywhere">{line}</span>
    </li>
  ));
}

function SlideRow({ told, slide }: { told: Comparison; slide: SlideChange }) {
  const { change, moved, a, b, title, onlyA, onlyB } = slide;
  const { words, tone } = slideWords[change];
  return (
    <li className="px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {a !== null && <SlideLink document={told.a.id} slide={a} />}
        {a !== null && b !== null && (
          <ArrowRight aria-label="is now" className="size-3.5 text-ink-3" />
        )}
        {b !== null && <SlideLink document={told.b.id} slide={b} />}
        <Badge tone={tone}>{words}</Badge>
        {moved && (
          <Badge tone="accent">
            <MoveVertical aria-hidden="true" className="size-3" /> moved
          </Badge>
        )}
        <span className="min-w-0 text-[13px] wrap-anywhere text-ink-2">{title}</span>
      </div>
      {change === "changed" && (
        <ul className="mt-1.5 space-y-0.5 text-[13px]">
          <Lines lines={onlyA} mark="before" />
          <Lines lines={onlyB} mark="now" />
        </ul>
      )}
    </li>
  );
}

/** Slides with news; what has stayed is counted above. */
export function Slides({ told }: { told: Comparison }) {
  const news = told.slides.filter(({ change, moved }) => change !== "same" || moved);
  return (
    <ol className="divide-y divide-line">
      {news.map((slide) => (
        <SlideRow key={`${slide.a} ${slide.b}`} told={told} slide={slide} />
      ))}
    </ol>
  );
}

const findingMarks = {
  fixed: { words: "fixed", icon: CircleCheck, tone: "text-good" },
  new: { words: "new", icon: CirclePlus, tone: "text-bad" },
  still: { words: "still there", icon: Dot, tone: "text-ink-3" },
} as const;

/** What was mended, what came in, and what is still to be done. */
export function Findings({ told }: { told: Comparison }) {
  const order = ["new", "fixed", "still"] as const;
  return order.map((change) => {
    const found = told.findings.filter((one) => one.change === change);
    if (found.length === 0) return null;
    const { words, icon: Icon, tone } = findingMarks[change];
    const list = (
      <ul className="divide-y divide-line">
        {found.map((one) => (
          <li
            key={`${one.rule} ${one.slideA} ${one.slideB} ${one.what}`}
            className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2 text-[13px]"
          >
            <Icon aria-hidden="true" className={`size-4 shrink-0 ${tone}`} />
            <span className={`font-medium ${tone}`}>{words}</span>
            <Place told={told} finding={one} />
            <span className="text-ink-2">{taskWords(one.severity)}</span>
            <span className="min-w-0 basis-full wrap-anywhere sm:basis-0 sm:grow">{one.what}</span>
          </li>
        ))}
      </ul>
    );
    if (change !== "still") return <div key={change}>{list}</div>;
    return (
      <details key={change} className="border-t border-line">
        <summary className="min-h-8 cursor-pointer px-4 py-2 text-[13px] font-medium text-ink-2">
          {found.length} still there
        </summary>
        {list}
      </details>
    );
  });
}

function Place({ told, finding }: { told: Comparison; finding: FindingChange }) {
  if (finding.slideB !== null) return <SlideLink document={told.b.id} slide={finding.slideB} />;
  if (finding.slideA !== null) return <SlideLink document={told.a.id} slide={finding.slideA} />;
  return <span className="text-xs text-ink-2">whole deck</span>;
}
