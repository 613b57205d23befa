import { fineDollars } from "../../core/cost/money.ts";
import { readDocumentNames } from "../../db/costs.ts";
import { type NeedRow, readNeedsSince } from "../../db/needs.ts";
import { type DeckTimes, readDeckTimes, readTextContainers, readTextWork } from "../../db/slos.ts";
import { type ReadyRun, readReadyRuns } from "../../db/verdicts.ts";
import type { ServiceContext } from "../context.ts";
import type { DocumentSum } from "../ledger.ts";
import { createRunLedger, type RunLedger, sumOfRuns } from "../run-ledger.ts";
import {
  doneTimes,
  firstResults,
  handoffCases,
  prewarmCases,
  readyTimes,
  unattended,
} from "./cases.ts";
import { changesSince } from "./changes.ts";
import { handoffSource, handoffsView } from "./handoffs.ts";
import { type Case, objectiveView, type Promise28, windowDays, windowMs } from "./objective.ts";

export interface SloSettings {
  readonly firstResultSeconds: number;
  readonly firstResultShare: number;
  readonly doneSeconds: number;
  readonly doneSlidesMax: number;
  readonly doneShare: number;
  readonly handoffSeconds: number;
  readonly handoffShare: number;
  readonly prewarmShare: number;
  readonly unattendedShare: number;
  readonly progressAgeSeconds: number;
  readonly progressAgeShare: number;
  readonly usdPerDeck: number | null;
  readonly usdPerDeckShare: number;
}

/** The newest decks and runs that are looked at. */
const decksMax = 20_000;
const runsMax = 10_000;
const textPools = ["text", "shared", "dedicated"];
const visionPools = ["vision", "shared", "dedicated"];

/** Promises over 28 days, of the whole installation; documents are named of one workspace only. */
export function createSlos(
  context: ServiceContext,
  settings: SloSettings,
  runLedger: RunLedger = createRunLedger(context),
) {
  const report = async (workspace: string) => {
    const nowMs = context.clock.nowMs();
    const [facts, changes] = await Promise.all([
      readFacts(context, runLedger, nowMs),
      changesSince(context, nowMs - windowMs),
    ]);
    const all = promises(settings, facts, nowMs);
    const views = all.map((one) => objectiveView(one, { nowMs, workspace }));
    const documents = views.flatMap(({ worst }) => worst.map(({ document }) => document));
    const named = await namesOf(context, documents);
    const answer = {
      asOf: new Date(nowMs).toISOString(),
      windowDays,
      cut: cutOf(facts),
      objectives: views.map((view) => ({
        ...view,
        worst: view.worst.map((one) => ({ ...one, name: named.get(one.document) ?? one.document })),
      })),
      handoffs: handoffsView(facts.needs, facts.works, facts.containers, nowMs),
      changes,
      spent: views
        .filter(({ state, budget }) => state === "measured" && budget.left <= 0)
        .map(({ id }) => id),
    };
    return { answer, promises: all };
  };
  return {
    /** With all cases of each promise in the window, whosever they are. */
    report,
    get: async (workspace: string) => (await report(workspace)).answer,
  };
}
export type Slos = ReturnType<typeof createSlos>;

async function namesOf({ sql }: ServiceContext, documents: readonly string[]) {
  const rows = await readDocumentNames(sql, [...new Set(documents)]);
  return new Map(rows.map(({ document, name }) => [document, name]));
}

interface Facts {
  readonly decks: readonly DeckTimes[];
  readonly needs: readonly NeedRow[];
  readonly textRuns: readonly ReadyRun[];
  readonly visionRuns: readonly ReadyRun[];
  readonly costs: ReadonlyMap<string, DocumentSum>;
  readonly works: Awaited<ReturnType<typeof readTextWork>>;
  /** Runs were left out: the oldest decks may have cost more than is known. */
  readonly isCostCut: boolean;
  readonly containers: Awaited<ReturnType<typeof readTextContainers>>;
}

async function readFacts(
  context: ServiceContext,
  runLedger: RunLedger,
  nowMs: number,
): Promise<Facts> {
  const { sql } = context;
  const sinceMs = nowMs - windowMs;
  const [decks, needs, textRuns, visionRuns, works, costed] = await Promise.all([
    readDeckTimes(sql, { sinceMs, limit: decksMax }),
    readNeedsSince(sql, ["text"], { sinceMs, limit: decksMax }),
    readReadyRuns(sql, textPools, { sinceMs, limit: runsMax }),
    readReadyRuns(sql, visionPools, { sinceMs, limit: runsMax }),
    readTextWork(sql, ["text"], sinceMs),
    runLedger({ fromMs: sinceMs, untilMs: nowMs }),
  ]);
  const ids = [...new Set(works.map(({ container }) => container))];
  const containers = await readTextContainers(sql, ids);
  return {
    decks,
    needs,
    textRuns,
    visionRuns,
    works,
    containers,
    costs: sumOfRuns(costed.runs),
    isCostCut: costed.cut !== null,
  };
}

/** What limits have left out, in words; null: nothing. */
function cutOf({ decks, textRuns, visionRuns, isCostCut }: Facts) {
  const runs = Math.max(textRuns.length, visionRuns.length);
  const parts = [
    ...(decks.length >= decksMax ? [`the newest ${decksMax.toLocaleString("en-US")} decks`] : []),
    ...(runs >= runsMax
      ? [`the newest ${runsMax.toLocaleString("en-US")} runs of a kind of container`]
      : []),
    ...(isCostCut ? ["the costs of the newest runs"] : []),
  ];
  if (parts.length === 0) return null;
  const list = parts.join(" and ");
  return {
    sentence: `Only ${list} are counted: ${windowDays} days had more, and what is older is left out.`,
  };
}

const noDecks = "No deck in the last 28 days was a case of it.";
const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
const secondsWords = (seconds: number): string =>
  seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;

function promises(settings: SloSettings, facts: Facts, nowMs: number): Promise28[] {
  return [...speedPromises(settings, facts, nowMs), ...otherPromises(settings, facts, nowMs)];
}

function speedPromises(settings: SloSettings, facts: Facts, nowMs: number): Promise28[] {
  const { firstResultSeconds, doneSeconds, doneSlidesMax, handoffSeconds } = settings;
  const limitMs = doneSeconds * 1000;
  return [
    {
      id: "first-result",
      promise: `The first slide's result within ${secondsWords(firstResultSeconds)}, where a vision container was ready`,
      target: settings.firstResultShare,
      unit: "seconds",
      source: "stored slides and tasks of decks whose upload found a vision container ready",
      cases: firstResults(
        facts.decks,
        readyTimes(facts.visionRuns),
        firstResultSeconds * 1000,
        nowMs,
      ),
      whyNone: "No deck of the last 28 days found a vision container ready at its upload.",
    },
    {
      id: "done",
      promise: `Done within ${secondsWords(doneSeconds)}, for decks of at most ${doneSlidesMax} slides`,
      target: settings.doneShare,
      unit: "seconds",
      source: "first runs of pipelines, from upload to end; cold starts count",
      cases: doneTimes(facts.decks, { limitMs, slidesMax: doneSlidesMax }, nowMs),
      whyNone: noDecks,
    },
    {
      id: "handoff",
      promise: `Text work begins within ${secondsWords(handoffSeconds)} of the visual results`,
      target: settings.handoffShare,
      unit: "seconds",
      source: handoffSource,
      cases: handoffCases(facts.needs, handoffSeconds * 1000, nowMs),
      whyNone: "No deck of the last 28 days has needed text work.",
    },
  ];
}

function otherPromises(settings: SloSettings, facts: Facts, nowMs: number): Promise28[] {
  return [
    {
      id: "pre-warm",
      promise: "A text container is ready when it is needed, where that was possible",
      target: settings.prewarmShare,
      unit: null,
      source:
        "runs of text containers and the needs of decks, as predictive scaling accuracy counts them",
      cases: prewarmCases(facts.needs, facts.textRuns, nowMs),
      whyNone: "No deck of the last 28 days could have found a text container ready.",
    },
    {
      id: "unattended",
      promise: "A deck ends well without a person's help",
      target: settings.unattendedShare,
      unit: null,
      source: "ended pipelines; cancelled ones do not count, one that a person tried again is bad",
      cases: unattended(facts.decks),
      whyNone: noDecks,
    },
    {
      id: "progress-age",
      promise: `Progress on a screen is at most ${secondsWords(settings.progressAgeSeconds)} old`,
      target: settings.progressAgeShare,
      unit: "seconds",
      source: "nothing yet",
      cases: [],
      whyNone: "",
      unmeasured:
        "Browsers know how old what they show is, and do not report it yet. No data, budget unchanged.",
    },
    costPromise(settings, facts),
  ];
}

function costPromise({ usdPerDeck, usdPerDeckShare }: SloSettings, facts: Facts): Promise28 {
  const limit = usdPerDeck === null ? null : Math.round(usdPerDeck * 1e6);
  const cases = facts.decks.flatMap(({ document, workspace, state, finishedMs }): Case[] => {
    const microUsd = facts.costs.get(document)?.microUsd ?? null;
    const isDone = state === "done" || state === "done_with_gaps";
    if (!isDone || finishedMs === null || microUsd === null) return [];
    const isGood = limit === null || microUsd <= limit;
    return [{ atMs: finishedMs, isGood, value: microUsd, document, workspace }];
  });
  return {
    id: "cost-per-deck",
    promise:
      limit === null
        ? `What ${percent(usdPerDeckShare)} of decks cost at most`
        : `A deck costs at most ${fineDollars(limit)}`,
    target: usdPerDeckShare,
    unit: "microUsd",
    source: "shares of decks in paid runs, at the prices providers told",
    cases,
    whyNone: "No deck of the last 28 days ran on machines that have a price.",
    ...(limit === null
      ? { noTarget: "Measured, without a target: slos.usdPerDeck in the configuration sets one." }
      : {}),
  };
}
