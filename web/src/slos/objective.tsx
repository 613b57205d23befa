import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Change, Slo } from "../../../src/contract/slos.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";
import { Sparkline } from "./sparkline.tsx";
import {
  budgetWords,
  burnWords,
  goneWords,
  percentWords,
  type Standing,
  standingOf,
  standingWords,
  valueWords,
} from "./words.ts";

const tones = {
  kept: "good",
  burning: "warn",
  spent: "bad",
  unknown: "plain",
} as const satisfies Record<Standing, string>;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}

/** How much of the budget is left: a length, and the number beside it. */
function BudgetBar({ slo }: { slo: Slo }) {
  const left = Math.max(0, Math.min(1, slo.budget.left));
  if (slo.state !== "measured") return null;
  return (
    <div
      aria-hidden="true"
      className="mt-1 h-2 w-full max-w-40 overflow-hidden rounded-full bg-track"
    >
      <div
        className={left === 0 ? "h-full w-full bar-failed" : "h-full bg-accent"}
        style={left === 0 ? undefined : { width: `${100 * left}%` }}
      />
    </div>
  );
}

function nowWords({ state, share, n, few, values }: Slo): string {
  if (state === "no-data" || state === "unmeasured") return "no data";
  const cases = `n = ${n.toLocaleString("en-US")}${few ? ", few samples" : ""}`;
  if (share !== null) return `${percentWords(share)} (${cases})`;
  return values === null ? cases : `${valueWords(values.p90, values.unit)} for 9 of 10 (${cases})`;
}

function worstWords({ state, worst, values }: Slo): string {
  const most = values?.unit === "microUsd" ? "Dearest decks" : "Slowest decks";
  if (state !== "measured") return most;
  return worst.some(({ good }) => !good) ? "Worst decks" : `${most}, all within the promise`;
}

function Worst({ slo }: { slo: Slo }) {
  const { worst, values } = slo;
  const isJudged = slo.state === "measured";
  if (worst.length === 0) return null;
  return (
    <details>
      <summary className="inline-block min-h-6 text-[13px] font-medium text-accent-ink">
        {worstWords(slo)}
      </summary>
      <ol className="mt-1 space-y-1 text-[13px]">
        {worst.map(({ document, name, value, good, at }) => (
          <li key={`${document} ${at}`} className="flex flex-wrap gap-x-3">
            <Link
              to="/documents/$id"
              params={{ id: document }}
              className="min-h-6 break-words text-accent-ink underline"
            >
              {name}
            </Link>
            <span className="text-ink-2">
              {value !== null && values !== null ? `${valueWords(value, values.unit)}, ` : ""}
              {isJudged && (good ? "kept, " : "not kept, ")}
              <Ago at={at} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** One promise: what it says, whether it is kept, how fast its budget goes, and by which decks. */
export function Objective({ slo, changes }: { slo: Slo; changes: readonly Change[] }) {
  const standing = standingOf(slo);
  const { values } = slo;
  return (
    <li>
      <Panel className="space-y-3 px-4 py-3">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h2 className="min-w-0 font-semibold break-words">{slo.promise}</h2>
          <Badge tone={tones[standing]}>{standingWords[standing]}</Badge>
        </div>
        {slo.why !== null && <p className="text-ink-2">{slo.why}</p>}
        <div className="grid items-start gap-x-8 gap-y-3 lg:grid-cols-[3fr_2fr]">
          <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3">
            <Fact name="Target">
              {slo.state === "no-target" ? "none set" : `${percentWords(slo.target)} of cases`}
            </Fact>
            <Fact name="Now, 28 days">{nowWords(slo)}</Fact>
            {values !== null && (
              <Fact name="Half, 9 of 10, 19 of 20 at most">
                {valueWords(values.p50, values.unit)}, {valueWords(values.p90, values.unit)},{" "}
                {valueWords(values.p95, values.unit)}
              </Fact>
            )}
            <Fact name="Budget">
              {budgetWords(slo)}
              <BudgetBar slo={slo} />
            </Fact>
            {slo.state === "measured" && (
              <>
                <Fact name="Burn 1 h, 6 h">
                  {burnWords(slo.budget.burn1h)}, {burnWords(slo.budget.burn6h)}
                </Fact>
                <Fact name="Budget gone">{goneWords(slo)}</Fact>
              </>
            )}
          </dl>
          <Sparkline slo={slo} changes={changes} />
        </div>
        <Worst slo={slo} />
        {slo.state !== "unmeasured" && <p className="text-xs text-ink-3">From {slo.source}.</p>}
      </Panel>
    </li>
  );
}
