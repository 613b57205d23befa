import { dayOf } from "../../core/cost/calendar.ts";
import { dollars } from "../../core/cost/money.ts";
import { serverBill } from "../../core/cost/server-bill.ts";
import { quantileOf } from "../../core/slo/quantile.ts";
import { wilson } from "../../core/slo/wilson.ts";
import type { ServiceContext } from "../context.ts";
import type { Slos } from "../slos/slos.ts";
import { type ChecklistFacts, checklist } from "./checklist.ts";

export interface RolloutFacts extends ChecklistFacts {
  readonly baselineUsdPerMonth: number;
  /** `2026-12-01`; null: nobody has said. */
  readonly serverNextBillOn: string | null;
}

const modes = ["off", "shadow", "5", "25", "50", "100"] as const;

const sentence =
  "There is one path: every deck is read on on-demand containers. Nothing here splits traffic between it and the old server, so there is no mode to change.";

const needs = [
  "an adapter that sends a deck to the old server and reads its results back",
  "a choice of path per deck that is stored with it, so that a retry stays on its path",
  "results of both paths side by side for the same deck, field by field",
  "guardrails that move traffic back by themselves, and a record of who moved it and why",
];

/** Where the move from the old server stands: what is true today, and what is not known yet. */
export function createRollout(context: ServiceContext, facts: RolloutFacts, slos: Slos) {
  return {
    async get(workspace: string) {
      const nowMs = context.clock.nowMs();
      const { answer, promises } = await slos.report(workspace);
      return {
        asOf: new Date(nowMs).toISOString(),
        modes: [...modes],
        mode: null,
        sentence,
        changes: [],
        needs: [...needs],
        metrics: metricsOf(promises, nowMs),
        checklist: await checklist(context, facts, answer),
        server: serverView(facts, dayOf(nowMs)),
      };
    },
  };
}
export type Rollout = ReturnType<typeof createRollout>;

type Cases = Awaited<ReturnType<Slos["report"]>>["promises"];

const shares = [
  { id: "unattended", name: "Decks that end well without help" },
  { id: "done", name: "Decks of usual size done in time" },
];
const medians = [
  { id: "first-result", name: "First slide's result, median where a container was ready" },
  { id: "done", name: "Whole deck, median" },
  { id: "handoff", name: "Handoff from vision to text, median" },
  { id: "cost-per-deck", name: "A deck, median" },
];
const noOldServer = "No data of the old server: nothing of it is stored here.";

/** On-demand from real rows of the last 28 days; the other side has none. */
function metricsOf(promises: Cases, nowMs: number) {
  const casesOf = (wanted: string) => promises.find(({ id }) => id === wanted);
  const about = { asOf: new Date(nowMs).toISOString() };
  const share = ({ id, name }: (typeof shares)[number]) => {
    const { cases = [], source = "" } = casesOf(id) ?? {};
    const told = wilson(cases.filter(({ isGood }) => isGood).length, cases.length);
    const { share: value, low, high, of: n } = told;
    const onDemand = value === null ? null : { value, low, high, n, source, ...about };
    return metric(`${id}-share`, name, "share" as const, onDemand);
  };
  const median = ({ id, name }: (typeof medians)[number]) => {
    const { cases = [], source = "", unit } = casesOf(id) ?? {};
    const told = quantileOf(
      cases.flatMap(({ value }) => (value === null ? [] : [value])),
      0.5,
    );
    const onDemand = told && { ...told, source, ...about };
    return metric(`${id}-median`, name, unit ?? ("seconds" as const), onDemand);
  };
  return [...shares.map(share), ...medians.map(median)];
}

function metric<U, M>(id: string, name: string, unit: U, onDemand: M | null) {
  const why = onDemand === null ? `No case in the last 28 days. ${noOldServer}` : noOldServer;
  return { id, name, unit, onDemand, oldServer: null, why };
}

function serverView({ baselineUsdPerMonth, serverNextBillOn }: RolloutFacts, today: string) {
  const microUsdPerMonth = Math.round(baselineUsdPerMonth * 1e6);
  const common = { microUsdPerMonth, nextBillOn: serverNextBillOn };
  const unknown = { ...common, daysLeft: null, paidAheadMicroUsd: null };
  if (serverNextBillOn === null) {
    const words =
      "When the server is charged for next is not said: costs.serverNextBillOn in the configuration says it.";
    return { ...unknown, sentence: words };
  }
  const bill = serverBill(serverNextBillOn, today, microUsdPerMonth);
  if (bill === null) {
    const words = `The day that was given, ${serverNextBillOn}, is over: say the next one in costs.serverNextBillOn.`;
    return { ...unknown, sentence: words };
  }
  const { daysLeft, paidAheadMicroUsd } = bill;
  const days = `${daysLeft} ${daysLeft === 1 ? "day" : "days"}`;
  const words = `The next ${dollars(microUsdPerMonth)} are due on ${serverNextBillOn}, in ${days}: cancelled before that, they are saved. ${dollars(paidAheadMicroUsd)} of the month that runs are paid for and not used yet.`;
  return { ...common, daysLeft, paidAheadMicroUsd, sentence: words };
}
