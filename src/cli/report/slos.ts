import type { Rollout } from "../../contract/rollout.ts";
import type { Slo, Slos } from "../../contract/slos.ts";
import { fineDollars } from "../../core/cost/money.ts";
import type { Style } from "../style.ts";
import { cell, plural, secondsText } from "../text.ts";
import { tableText } from "./table.ts";

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
const amount = (value: number, unit: "share" | "seconds" | "microUsd"): string => {
  if (unit === "share") return percent(value);
  return unit === "seconds" ? secondsText(value) : fineDollars(Math.round(value));
};

/** A promise a row, then why some have no figure, and what handoffs waited for. */
export function slosText(slos: Slos, style: Style): string {
  const heads = ["PROMISE", "TARGET", "NOW", "N", "BUDGET", "BURN 1 H", "BURN 6 H"];
  const rows = slos.objectives.map((one) => [
    one.id,
    one.state === "no-target" ? "none" : percent(one.target),
    nowText(one),
    `${one.n}${one.few && one.n > 0 ? " (few)" : ""}`,
    one.state === "measured" ? `${Math.round(100 * one.budget.left)} %` : "unchanged",
    rateText(one.budget.burn1h.rate),
    rateText(one.budget.burn6h.rate),
  ]);
  return [
    style.colors.bold(`Objectives over ${slos.windowDays} days`),
    tableText(heads, rows, style, [0]),
    ...(slos.cut === null ? [] : [slos.cut.sentence]),
    "",
    ...slos.objectives.map(({ id, promise, why }) => {
      const name = style.colors.dim(cell(id, 14, style));
      return `${name} ${promise}.${why === null ? "" : ` ${why}`}`;
    }),
    "",
    handoffText(slos),
    ...changesText(slos, style),
    slos.spent.length === 0 ? "No budget is spent." : `Spent: ${slos.spent.join(", ")}.`,
  ].join("\n");
}

const rateText = (rate: number | null): string => (rate === null ? "-" : rate.toFixed(1));

function nowText({ share, values, state }: Slo): string {
  if (share !== null) return percent(share);
  return state === "no-target" && values !== null ? amount(values.p90, values.unit) : "no data";
}

function handoffText({ handoffs: { n, p50Seconds, p95Seconds, split } }: Slos): string {
  if (p50Seconds === null || p95Seconds === null) return "No handoff yet.";
  const all = `Handoffs: half within ${secondsText(p50Seconds)}, 19 of 20 within ${secondsText(p95Seconds)} (n=${n}).`;
  if (split === null) return all;
  const { coldStartSeconds, queueSeconds, claimSeconds } = split;
  return `${all} Mean: cold start ${secondsText(coldStartSeconds)}, queue ${secondsText(queueSeconds)}, claim ${secondsText(claimSeconds)}.`;
}

const changesShown = 10;

/** The newest; all of them are in `--json`. */
function changesText({ changes, windowDays }: Slos, style: Style): string[] {
  if (changes.length === 0) return [`Nothing was changed in ${windowDays} days.`];
  const shown = changes.slice(0, changesShown);
  return [
    "",
    style.colors.bold("What changed"),
    ...shown.map(({ at, sentence }) => `${style.colors.dim(at.slice(0, 16))}  ${sentence}`),
    ...(changes.length > shown.length ? [`and ${changes.length - shown.length} before.`] : []),
    "",
  ];
}

const marks = { ok: "done", todo: "to do", unknown: "not known" } as const;

/** Where the move from the old server stands. */
export function rolloutText(rollout: Rollout, style: Style): string {
  const { sentence, metrics, checklist, server } = rollout;
  const heads = ["FIGURE", "ON-DEMAND", "95 %", "N", "OLD SERVER"];
  const rows = metrics.map(({ name, unit, onDemand, oldServer }) => [
    name,
    onDemand === null ? "no data" : amount(onDemand.value, unit),
    onDemand === null || onDemand.low === null || onDemand.high === null
      ? "-"
      : `${amount(onDemand.low, unit)} to ${amount(onDemand.high, unit)}`,
    onDemand === null ? "0" : String(onDemand.n),
    oldServer === null ? "no data" : amount(oldServer.value, unit),
  ]);
  const done = checklist.filter(({ state }) => state === "ok").length;
  return [
    style.colors.bold("Rollout"),
    sentence,
    server.sentence,
    "",
    tableText(heads, rows, style, [0, 1, 2]),
    "",
    style.colors.bold(`${done} of ${plural(checklist.length, "check")} done`),
    ...checklist.map(
      ({ name, state, detail }) =>
        `${style.colors.dim(cell(marks[state], 10, style))} ${name}. ${detail}`,
    ),
  ].join("\n");
}
