import type { Costs } from "../../contract/costs.ts";
import { estimatedRule, estimatedWords } from "../../core/cost/cost-words.ts";
import { dollars, fineDollars } from "../../core/cost/money.ts";
import type { Style } from "../style.ts";
import { cell, oneLine, plural, secondsText } from "../text.ts";
import { tableText } from "./table.ts";

const label = 18;
const parts = ["busy", "coldStart", "idle", "wasted", "total"] as const;

/** What a time cost, how that compares, and the rows that were asked for. */
export function costsText(costs: Costs, style: Style): string {
  const { from, to, isOpen, total, month, budget, sum } = costs;
  const row = (title: string, text: string): string =>
    `${style.colors.dim(cell(title, label, style))} ${text}`;
  const time = from === to ? from : `${from} to ${to}`;
  const money = hasMoney(costs);
  return [
    style.colors.bold(`Costs of ${time}, days in UTC${isOpen ? ", still open" : ""}`),
    row("Spent", `${spentText(costs)} (${plural(total.n, "run")})`),
    ...(costs.cut === null ? [] : [costs.cut.sentence]),
    row(`Month ${month.month}`, monthText(costs)),
    ...(money ? [row("Old server", serverText(costs)), row("A deck", deckText(costs))] : []),
    row("Budget", budget.sentence),
    ...(costs.breakEven === null ? [] : [costs.breakEven.sentence]),
    "",
    rowsText(costs, style),
    "",
    ...(money
      ? [
          ...(sum.estimatedMicroUsd === 0 ? [] : [partsText(sum)]),
          `${fineDollars(sum.documentsMicroUsd)} of documents + ${fineDollars(sum.unallocatedMicroUsd)} unallocated ${sum.matches ? "=" : "IS NOT"} ${fineDollars(sum.totalMicroUsd)}`,
        ]
      : []),
    style.colors.dim(costs.priceNote),
  ].join("\n");
}

const partsText = ({ billedMicroUsd, estimatedMicroUsd }: Costs["sum"]): string =>
  `${fineDollars(billedMicroUsd)} billed + ${fineDollars(estimatedMicroUsd)} estimated. ${estimatedRule}`;

const hasMoney = ({ charging }: Costs): boolean => charging === "charged" || charging === "part";

function spentText(costs: Costs): string {
  const time = secondsText(costs.split.seconds.total);
  switch (costs.charging) {
    case "idle":
      return "nothing: nothing ran";
    case "free":
      return `nobody charges for the ${time} of containers`;
    case "unpriced":
      return `unknown: nobody says what ${time} of containers cost`;
    case "charged":
      return dollars(costs.total.microUsd);
    case "part":
      return `${dollars(costs.total.microUsd)}, without ${secondsText(costs.unchargedSeconds + costs.unpricedSeconds)} that have no price`;
  }
}

function monthText({ month }: Costs): string {
  const { toDate, projected, method } = month;
  const estimated = estimatedWords(toDate);
  const spent = `${dollars(toDate.microUsd)} so far${estimated === "" ? "" : ` (${estimated})`}`;
  if (projected === null) return `${spent}. ${method}`;
  const { lowMicroUsd, midMicroUsd, highMicroUsd, n } = projected;
  return `${spent}; at its end about ${dollars(midMicroUsd)} (${dollars(lowMicroUsd)} to ${dollars(highMicroUsd)}, by ${plural(n, "day")})`;
}

const savedText = (microUsd: number): string =>
  microUsd >= 0 ? `${dollars(microUsd)} saved` : `${dollars(-microUsd)} dearer`;

function serverText({ baseline }: Costs): string {
  const { microUsdPerMonth, soFarMicroUsd, savedSoFarMicroUsd, since, savedAtEnd } = baseline;
  const now = `${dollars(microUsdPerMonth)} a month, ${dollars(soFarMicroUsd)} since ${since.slice(0, 10)}: ${savedText(savedSoFarMicroUsd)}`;
  if (savedAtEnd === null) return now;
  return `${now}; at the month's end ${savedText(savedAtEnd.lowMicroUsd)} to ${savedText(savedAtEnd.highMicroUsd)}`;
}

function deckText({ perDeck, perSlide }: Costs): string {
  if (perDeck === null) return "no deck whose containers have a price has ended in this time";
  const deck = `half at most ${fineDollars(perDeck.p50MicroUsd)}, 9 of 10 at most ${fineDollars(perDeck.p90MicroUsd)} (n=${perDeck.n}${perDeck.few ? ", few samples" : ""})`;
  return perSlide === null ? deck : `${deck}; a slide ${fineDollars(perSlide.p50MicroUsd)}`;
}

function rowsText(costs: Costs, style: Style): string {
  const money = hasMoney(costs);
  const heads = [costs.by.toUpperCase(), "RUNS", "BUSY", "COLD", "IDLE", "WASTED", "TOTAL"];
  const rows = costs.rows
    .filter(({ n }) => n > 0)
    .map(({ name, n, split }) => [
      oneLine(name),
      String(n),
      ...parts.map((part) =>
        money ? fineDollars(split.microUsd[part]) : secondsText(split.seconds[part]),
      ),
    ]);
  return rows.length === 0 ? "No run in this time." : tableText(heads, rows, style, [0]);
}
