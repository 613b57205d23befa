import { agoWords, documentsWords, durationWords, slidesWords } from "../lib/format.ts";
import { taskWords } from "../lib/words.ts";
import type { Window } from "./search.ts";
import type { FailureGroupView, FailuresAnswer, FailureTab, GroupRetryAnswer } from "./types.ts";

export const windowWords: Readonly<Record<Window, string>> = {
  "24h": "24 hours",
  "7d": "7 days",
  "28d": "28 days",
};

export const tabWords: Readonly<Record<FailureTab, string>> = {
  open: "Open",
  acknowledged: "Acknowledged",
  recovered: "Recovered by retry",
  all: "All",
};

export const stageWords = (stage: string): string =>
  ({ upload: "Upload", fetch: "Fetching the file" })[stage] ?? taskWords(stage);

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** "Retry helped 4 of 5 times." Nothing followed: says that. */
export function helpedWords({ retried, helped }: FailureGroupView): string {
  if (retried === 0) return "Not tried again yet.";
  return `Trying again helped ${helped} of ${times(retried)}.`;
}

/** How often, and in how many documents. */
export const countWords = ({ count, documents }: FailureGroupView): string =>
  `${times(count)} in ${documentsWords(documents)}`;

/** The sentence above the fold: what needs somebody. */
export function summaryWords({ groups, tabs, window }: FailuresAnswer): string {
  const open = groups.filter(({ state }) => state === "open");
  const healing = groups.filter(({ state }) => state === "healing").length;
  const within = `in the last ${windowWords[window]}`;
  const alone = healing > 0 ? ` ${kinds(healing)} being tried again by itself.` : "";
  if (open.length === 0) return healing > 0 ? alone.trim() : `Nothing needs you ${within}.`;
  const documents = open.reduce((sum, group) => sum + group.openDocuments, 0);
  const need = open.length === 1 ? "One cause needs" : `${open.length} causes need`;
  return `${need} you ${within}: ${documentsWords(documents)}.${alone}${tabs.open > open.length + healing ? " There are more." : ""}`;
}

const kinds = (count: number): string => (count === 1 ? "One more is" : `${count} more are`);

/** "No open failures. Last one 3 days ago, recovered by itself." */
export function lastWords({ last }: FailuresAnswer, nowMs: number): string {
  if (last === null) return "Nothing has failed in the last 28 days.";
  const how =
    last.byItself === true
      ? "recovered by itself"
      : { recovered: "recovered after a retry", acknowledged: "acknowledged" }[
          last.state as "recovered"
        ];
  return `Last one ${agoWords(last.at, nowMs)}${how === undefined ? "" : `, ${how}`}.`;
}

const usd = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(microUsd < 10_000 ? 4 : 2)}`;

/** "Retries 37 slides in 12 documents, about 4 min of work, about $0.31." */
export function previewWords(preview: GroupRetryAnswer): string {
  const { documents, slides, tasks, workSeconds, microUsd } = preview;
  const what = slides > 0 ? slidesWords(slides) : `${tasks} ${tasks === 1 ? "task" : "tasks"}`;
  const work = workSeconds === null ? "" : `, about ${durationWords(workSeconds)} of work`;
  const cost = microUsd === null ? "" : `, about ${usd(microUsd)}`;
  return `Tries ${what} again in ${documentsWords(documents.length)}${work}${cost}.`;
}

export const paceWords = ({ documents, left, perStep, stepSeconds }: GroupRetryAnswer): string => {
  const all = documents.length + left;
  if (all <= perStep) return "All at once.";
  const seconds = Math.ceil(all / perStep - 1) * stepSeconds;
  return `${perStep} documents every ${stepSeconds} s, so all are under way after ${durationWords(seconds)}.`;
};

export const cliWords = (fingerprint: string): string => `pilotlight failures retry ${fingerprint}`;
