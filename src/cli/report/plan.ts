import { type GoalVerdict, goalsOf, hoursPerMonth, scaled } from "../../sim/plan/goals.ts";
import type { Option } from "../../sim/plan/plan.ts";
import { usd } from "../../sim/report/words.ts";
import type { Seen } from "../commands/plan.ts";
import type { Style } from "../style.ts";
import { plural } from "../text.ts";
import { minutes } from "./study.ts";
import { tableText } from "./table.ts";

export interface PlanFacts extends Seen {
  readonly traffic: string;
  readonly coldStarts: string;
  readonly service: string;
  readonly options: { readonly prices: string; readonly spotLostPerHour: string };
}

/** What each way of running costs under each price book, which goals it reaches, and the one to take. */
export function planText(facts: PlanFacts, style: Style): string {
  const { best, chosen, share, withinMs, documentsPerMonth } = facts;
  const books = [...new Set(best.map(({ offer }) => offer.prices.name))];
  const head = [
    `Traffic       ${facts.traffic}, ${Math.round(documentsPerMonth).toLocaleString("en-US")} a month`,
    `Promise       ${promiseWords(facts)}`,
    `Cold starts   ${facts.coldStarts}`,
    `Service times ${facts.service}`,
  ];
  const parts = books.flatMap((book) => {
    const own = best.filter(({ offer }) => offer.prices.name === book);
    const title = style.colors.bold(`With the prices of ${book}`);
    return ["", title, optionsText(own, style), "", goalsText(own, facts, style)];
  });
  const spot = best.some(({ offer }) => offer.spot)
    ? [
        style.colors.dim(
          `Assumed: a spot machine is lost ${facts.options.spotLostPerHour} times an hour. A price book without spot prices offers none.`,
        ),
      ]
    : [];
  const end =
    chosen === undefined
      ? `Nothing that was tried keeps ${percent(share)} within ${minutes(withinMs)} with the prices of ${facts.options.prices}.`
      : `${recommendedText(chosen, facts)}\n\n${recommendedYaml(chosen)}`;
  return [...head, ...parts, "", ...spot, "", end].join("\n");
}

const promiseWords = ({ share, withinMs }: Pick<Seen, "share" | "withinMs">): string =>
  `${percent(share)} of documents within ${withinMs / 60_000} min`;

function optionsText(options: readonly Option[], style: Style): string {
  const rows = options.map((option) => {
    const { summary } = option;
    const month = scaled(summary.usdPerHour, hoursPerMonth);
    const { within } = summary;
    return [
      option.offer.name,
      option.keeps,
      (summary.figures.usdPerDocument ?? 0).toFixed(4),
      `$${month.estimate.toFixed(0)} (${month.low.toFixed(0)}-${month.high.toFixed(0)})`,
      minutes(summary.figures.completionP95Ms),
      `${percent(within.estimate)} (${tenth(within.low)}-${tenth(within.high)})`,
      `${option.policy}, ${capWords(option)}`,
    ];
  });
  const heads = ["", "KEPT", "$/DOC", "A MONTH", "P95", "IN TIME", "BY"];
  return tableText(heads, rows, style, [0, 1, 6]);
}

function goalsText(options: readonly Option[], seen: Seen, style: Style): string {
  const columns = options.map((option) => goalsOf({ ...seen, ...option }));
  const rows = (columns[0] ?? []).map(({ goal }, at) => [
    goal,
    ...columns.map((goals) => verdictText(goals[at])),
  ]);
  const heads = ["GOAL", ...options.map(({ offer }) => offer.name.toUpperCase())];
  return tableText(
    heads,
    rows,
    style,
    heads.map((_, at) => at),
  );
}

const verdictText = (goal: GoalVerdict | undefined): string =>
  goal === undefined ? "" : `${goal.verdict} (${goal.figure})`;

function recommendedText(option: Option, seen: Seen): string {
  const { summary, offer } = option;
  const month = scaled(summary.usdPerHour, hoursPerMonth);
  const { within, seeds } = summary;
  const sure = option.keeps === "yes" ? "surely" : "probably";
  return [
    `Recommended with the prices of ${offer.prices.name}: ${offer.name}, ${option.policy}, ${capWords(option)}.`,
    `It costs ${usd(summary.figures.usdPerDocument ?? 0)} a document, $${month.estimate.toFixed(0)} a month (${month.low.toFixed(0)} to ${month.high.toFixed(0)}), and ${sure} keeps the promise: ${percent(within.estimate)} within ${seen.withinMs / 60_000} min (${tenth(within.low)} to ${tenth(within.high)}).`,
    `The ranges hold 95 %: they come from drawing anew twentieths of the time, with ${plural(seeds, "simulation")} of each.`,
  ].join("\n");
}

function capWords({ offer, caps }: Option): string {
  if (offer.topology === "dedicated") return "one machine";
  return offer.topology === "shared"
    ? `up to ${Math.max(caps.vision, caps.text)} shared`
    : `up to ${caps.vision} vision and ${caps.text} text`;
}

/** The settings of an option as a piece of `pilotlight.yaml`. */
export function recommendedYaml({ offer, policy, caps }: Option): string {
  if (offer.topology === "dedicated") {
    return "# A machine that is always on joins by itself: docs/how-to/use-your-own-machine.md\nproviders: [{ kind: static }]";
  }
  const { gpu, spot } = offer;
  return [
    "# for pilotlight.yaml",
    "autoscaler:",
    `  policy: "${policy}"`,
    "fleet:",
    `  topology: ${offer.topology}`,
    ...(gpu === null ? [] : [`  spot: ${spot ? "prefer" : "never"}`, `  gpus: ["${gpu}"]`]),
    "vision_container_scaling:",
    `  max_replicas: ${caps.vision}`,
    "text_container_scaling:",
    `  max_replicas: ${caps.text}`,
  ].join("\n");
}

const percent = (share: number): string => `${tenth(share)} %`;
const tenth = (share: number): string => (share * 100).toFixed(1).replace(/\.0$/, "");
