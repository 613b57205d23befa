import type { ReactNode } from "react";
import type { Costs } from "../../../src/contract/costs.ts";
import { estimatedWords } from "../../../src/core/cost/cost-words.ts";
import { deckDateWords } from "../lib/format.ts";
import { dayWords } from "./search.ts";
import { microUsdWords } from "./words.ts";

function Tile({
  title,
  value,
  children,
}: {
  title: string;
  value: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="rounded-lg border border-line bg-surface px-4 py-3 shadow-card">
      <dt className="text-xs text-ink-3">{title}</dt>
      <dd>
        <span className="block text-xl font-semibold tabular-nums">{value}</span>
        <span className="block text-xs text-ink-2">{children}</span>
      </dd>
    </div>
  );
}

const runsWords = (n: number): string => `${n.toLocaleString("en-US")} ${n === 1 ? "run" : "runs"}`;
const isCharged = ({ charging }: Costs): boolean => charging === "charged" || charging === "part";

function MonthTile({ costs }: { costs: Costs }) {
  const { month, charging } = costs;
  const estimated = estimatedWords(month.toDate);
  const title = month.projected === null && !costs.isOpen ? "Spent in" : "Spent so far in";
  return (
    <Tile
      title={`${title} ${deckDateWords(month.month)}`}
      value={charging === "unpriced" ? "unknown" : microUsdWords(month.toDate.microUsd)}
    >
      {runsWords(month.toDate.n)} of containers
      {charging === "part" &&
        (costs.unpricedSeconds > 0
          ? "; some have no price, so this is the least"
          : "; nobody charges for some of them")}
      {charging === "free" && "; nobody charges for them"}
      {charging === "unpriced" && "; nobody says what they cost"}
      {estimated !== "" && `; ${estimated}`}
    </Tile>
  );
}

function ProjectionTile({ costs }: { costs: Costs }) {
  const { projected, method } = costs.month;
  if (projected === null) {
    return (
      <Tile title="At the month's end" value="no projection">
        {method}
      </Tile>
    );
  }
  const { lowMicroUsd, midMicroUsd, highMicroUsd, n } = projected;
  return (
    <Tile title="At the month's end, about" value={microUsdWords(midMicroUsd)}>
      {microUsdWords(lowMicroUsd)} to {microUsdWords(highMicroUsd)}, by {n} days. {method}
    </Tile>
  );
}

const savedWords = (microUsd: number): string =>
  microUsd >= 0 ? `${microUsdWords(microUsd)} saved` : `${microUsdWords(-microUsd)} dearer`;

function ServerTile({ costs }: { costs: Costs }) {
  const { baseline } = costs;
  const title = `Against the server at ${microUsdWords(baseline.microUsdPerMonth)} a month`;
  if (!isCharged(costs)) {
    return (
      <Tile title={title} value="no comparison">
        It needs runs that somebody charges for.
      </Tile>
    );
  }
  const { savedAtEnd } = baseline;
  return (
    <Tile title={title} value={savedWords(baseline.savedSoFarMicroUsd)}>
      The server would have cost {microUsdWords(baseline.soFarMicroUsd)} since{" "}
      {dayWords(baseline.since.slice(0, 10))}.
      {savedAtEnd !== null &&
        ` If the month ends as projected: ${savedWords(savedAtEnd.lowMicroUsd)} to ${savedWords(savedAtEnd.highMicroUsd)}.`}
    </Tile>
  );
}

function DeckTile({ costs }: { costs: Costs }) {
  const { perDeck, perSlide } = costs;
  if (perDeck === null) {
    return (
      <Tile title="A deck, half of them at most" value="no data">
        {isCharged(costs)
          ? "No deck whose containers have a price has ended in this time."
          : "It needs decks whose containers have a price."}
      </Tile>
    );
  }
  return (
    <Tile title="A deck, half of them at most" value={microUsdWords(perDeck.p50MicroUsd)}>
      9 of 10 at most {microUsdWords(perDeck.p90MicroUsd)}; n = {perDeck.n}
      {perDeck.few && ", few samples"}
      {perSlide !== null &&
        `. A slide: ${microUsdWords(perSlide.p50MicroUsd)}, 9 of 10 at most ${microUsdWords(perSlide.p90MicroUsd)}`}
      .
    </Tile>
  );
}

/** Are we under the server's price, and what is a deck? */
export function Tiles({ costs }: { costs: Costs }) {
  return (
    <div className="space-y-2">
      <dl className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <MonthTile costs={costs} />
        <ProjectionTile costs={costs} />
        <ServerTile costs={costs} />
        <DeckTile costs={costs} />
      </dl>
      {costs.breakEven !== null && (
        <p className="font-medium">
          {costs.breakEven.sentence}{" "}
          <span className="font-normal text-ink-3">
            (All that was paid in this time, idle time too, by the decks that ended in it.)
          </span>
        </p>
      )}
    </div>
  );
}
