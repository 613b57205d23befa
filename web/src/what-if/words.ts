import { hoursPerMonth, serverMicroUsdPerMonth } from "../../../src/core/cost/price-books.ts";
import type { Interval } from "../../../src/sim/judge/bootstrap.ts";
import type { WhatIfDifference, WhatIfResult } from "../../../src/sim/what-if/result.ts";
import { durationWords } from "../lib/format.ts";

/** The server that on-demand containers replace, a month. */
export const serverUsd = serverMicroUsdPerMonth / 1_000_000;

/** Dollars in full from 100 on, three digits that count below. */
export function usdWords(usd: number): string {
  const sign = usd < 0 ? "−" : "";
  const amount = Math.abs(usd);
  if (amount === 0) return "$0";
  if (amount >= 100) return `${sign}$${Math.round(amount).toLocaleString("en-US")}`;
  const digits = Math.max(2, Math.min(6, 2 - Math.floor(Math.log10(amount))));
  return `${sign}$${amount.toFixed(digits)}`;
}

export const secondsWords = (ms: number | null): string =>
  ms === null ? "none" : durationWords(ms / 1000);

/** "+12 s", "−3 min 5 s". */
export function moreSeconds(ms: number): string {
  const words = durationWords(Math.abs(ms) / 1000);
  if (Math.abs(ms) < 500) return "0 s";
  return `${ms < 0 ? "−" : "+"}${words}`;
}

export const moreUsd = (usd: number): string => (usd > 0 ? `+${usdWords(usd)}` : usdWords(usd));

export const percentWords = (share: number | null): string =>
  share === null ? "none" : `${(share * 100).toFixed(1)} %`;

export const rangeWords = ({ low, high }: Interval, words: (value: number) => string): string =>
  Number.isFinite(low) && Number.isFinite(high) ? `${words(low)} to ${words(high)}` : "";

/** A difference whose interval holds 0 may be chance. */
export const isSure = ({ low, high }: Interval): boolean => low > 0 || high < 0;

/** The answer in two sentences. */
export function answerWords(a: WhatIfResult, b: WhatIfResult, more: WhatIfDifference): string {
  const left = serverUsd - a.usdPerMonth.estimate;
  const against =
    left >= 0
      ? `${usdWords(left)} less than the ${usdWords(serverUsd)} server`
      : `${usdWords(-left)} more than the ${usdWords(serverUsd)} server`;
  const first = `With A a month costs ${usdWords(a.usdPerMonth.estimate)}, ${against}.`;
  const money = more.usdPerMonth;
  const cost = isSure(money)
    ? `B costs ${usdWords(Math.abs(money.estimate))} a month ${money.estimate < 0 ? "less" : "more"}`
    : "B costs about the same";
  const time = more.p95Ms;
  const wait = isSure(time)
    ? `95 % of decks end within ${secondsWords(b.p95Ms.estimate)} instead of ${secondsWords(a.p95Ms.estimate)}`
    : `95 % of decks end within about the same time, ${secondsWords(b.p95Ms.estimate)}`;
  return `${first} ${cost}; ${wait}.`;
}

/** What B would have done to the uploads that were played back. @param hours that are judged, the start left out */
export function replayWords(days: number, hours: number, more: WhatIfDifference): string {
  const { estimate } = more.usdPerMonth;
  const usd = usdWords(Math.abs((estimate / hoursPerMonth) * hours));
  const cost = isSure(more.usdPerMonth)
    ? `${estimate < 0 ? "saved" : "cost"} ${usd}${estimate < 0 ? "" : " more"}`
    : "cost about the same";
  const ms = more.p95Ms.estimate;
  const time = isSure(more.p95Ms)
    ? `${ms < 0 ? "taken off" : "added"} ${secondsWords(Math.abs(ms))} at p95`
    : "changed nothing that can be told at p95";
  return `Played back over the last ${days} ${days === 1 ? "day" : "days"}, ${durationWords(hours * 3600)} of uploads judged, B would have ${cost} and ${time}.`;
}
