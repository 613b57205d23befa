import type { DocumentCost } from "../../contract/document-cost.ts";
import { estimatedRule } from "../../core/cost/cost-words.ts";
import { dollars } from "../../core/cost/money.ts";
import type { Style } from "../style.ts";
import { cell } from "../text.ts";

const partNames: Readonly<Record<DocumentCost["parts"][number]["kind"], string>> = {
  ...{ busy: "busy", failed: "failed attempts", coldStart: "cold start", idle: "idle" },
  rounding: "rounded up",
};

const notes: Readonly<Record<DocumentCost["charging"], string | null>> = {
  charged: null,
  free: "Nobody charges here: what is shown is the time of containers.",
  unpriced: "The provider does not say what it charges: what is shown is the time of containers.",
  part: "Only some of its containers have a price: money counts those, time counts all.",
  none: "No container has worked for it.",
};

const time = (seconds: number): string => `${seconds.toFixed(1)} s`;
const money = (microUsd: number | null): string => (microUsd === null ? "" : dollars(microUsd));

/** What it cost by part and container, against others of its size, and the rule of the shares. */
export function documentCostText(cost: DocumentCost, style: Style): string {
  const line = (name: string, seconds: number, microUsd: number | null): string =>
    [cell(name, 18, style), cell(time(seconds), 12, style), money(microUsd)].join(" ").trimEnd();
  const note = notes[cost.charging];
  const parts = cost.parts.filter(({ seconds }) => seconds > 0);
  return [
    ...(note === null ? [] : [note]),
    ...parts.map(({ kind, seconds, microUsd }) => line(partNames[kind], seconds, microUsd)),
    line(cost.complete ? "total" : "total so far", cost.containerSeconds, cost.microUsd),
    ...(cost.estimatedMicroUsd === 0
      ? []
      : [
          `${dollars((cost.microUsd ?? 0) - cost.estimatedMicroUsd)} billed + ${dollars(cost.estimatedMicroUsd)} estimated. ${estimatedRule}`,
        ]),
    "",
    ...cost.containers.map(
      ({ name, provider, seconds, microUsd, isOpen, isEstimated }) =>
        `${line(name, seconds, microUsd)}  ${style.colors.dim(`${provider}${isOpen ? ", still runs" : ""}${isEstimated ? ", estimated" : ""}`)}`,
    ),
    typicalText(cost),
    style.colors.dim(cost.rule),
  ].join("\n");
}

function typicalText({ typical }: DocumentCost): string {
  const { n, pagesMin, pagesMax, medianMicroUsd, medianSeconds } = typical;
  const size = `${pagesMin} to ${pagesMax} slides`;
  if (n === 0 || medianSeconds === null) return `No other document of ${size} is done.`;
  const median =
    medianMicroUsd === null
      ? time(medianSeconds)
      : `${dollars(medianMicroUsd)}, ${time(medianSeconds)}`;
  const few = n < 20 ? ", few samples" : "";
  return `Median of ${n} ${n === 1 ? "document" : "documents"} of ${size}: ${median}${few}`;
}
