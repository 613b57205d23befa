import { dollars } from "./money.ts";

/** What a list is told of a document's cost; as `ListedCost` of the contract. */
export interface ListedFigures {
  readonly charging: "charged" | "free" | "unpriced" | "part" | "none";
  readonly microUsd: number | null;
  readonly estimatedMicroUsd: number;
  readonly containerSeconds: number;
  readonly complete: boolean;
  readonly expected: { readonly microUsd: number } | null;
}

export interface CostWords {
  /** `$0.03`, a time of containers where there is no money, or that there is nothing. */
  readonly amount: string;
  /** What has to be known of it; "": nothing. */
  readonly note: string;
}

/** As `dollars`; what is there and too small for it is not told as nothing. */
const money = (microUsd: number): string =>
  microUsd > 0 && microUsd < 50 ? "under $0.0001" : dollars(microUsd);

/** What of an amount no provider has charged for yet; "": nothing of it. */
export function estimatedWords({
  microUsd,
  estimatedMicroUsd,
}: {
  readonly microUsd: number | null;
  readonly estimatedMicroUsd: number;
}): string {
  if (estimatedMicroUsd === 0) return "";
  return estimatedMicroUsd === microUsd
    ? "estimated"
    : `${money(estimatedMicroUsd)} of it estimated`;
}

/** Why something is estimated, for whoever reads the figures. */
export const estimatedRule =
  "Estimated: the provider has not shown yet since when it charges; counted from when the container came.";

/** A document's cost in a cell of a list. @param isOpen it waits or is worked on @param duration `1 min 50 s` */
export function costWords(
  cost: ListedFigures,
  isOpen: boolean,
  duration: (seconds: number) => string,
): CostWords {
  const { charging, microUsd, containerSeconds, complete, expected } = cost;
  if (charging === "none") {
    if (!isOpen) return { amount: "none", note: "no container" };
    if (expected === null) return { amount: "no estimate", note: "" };
    if (expected.microUsd === 0) return { amount: "none", note: "nobody charges" };
    return { amount: `about ${money(expected.microUsd)}`, note: "expected" };
  }
  const soFar = complete ? [] : ["so far"];
  if (microUsd === null) {
    const why = charging === "free" ? "nobody charges" : "price not known";
    return { amount: duration(containerSeconds), note: [...soFar, why].join(", ") };
  }
  const isMore = isOpen && expected !== null && expected.microUsd > microUsd;
  const notes = [
    ...soFar,
    ...(isMore ? [`about ${money(expected.microUsd)} in all`] : []),
    ...(charging === "part" ? ["part has no price"] : []),
    ...(cost.estimatedMicroUsd === 0 ? [] : [estimatedWords(cost)]),
  ];
  return { amount: money(microUsd), note: notes.join(", ") };
}
