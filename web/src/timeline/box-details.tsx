import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import type {
  DocumentTimeline,
  LaneBoxView,
  LaneMarkerView,
} from "../../../src/contract/timeline.ts";
import { momentWords } from "../lib/format.ts";
import { microUsdWords } from "../lib/money.ts";
import { taskWords } from "../lib/words.ts";
import { Panel } from "../ui/panel.tsx";
import { handoffWords } from "./document-chart.ts";
import { costQuery } from "./queries.ts";
import { tookWords } from "./words.ts";

const outcomeWords: Readonly<Record<LaneBoxView["outcome"], string>> = {
  ...{ running: "Running", done: "Done", delayed: "Failed, and is tried again", dead: "Failed" },
  ...{ released: "Given back; what it finished is kept", cancelled: "Called off" },
};

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-x-3 max-sm:flex-col">
      <dt className="w-28 shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function AttemptFacts({ timeline, box }: { timeline: DocumentTimeline; box: LaneBoxView }) {
  const cost = useQuery(costQuery(timeline.document)).data;
  const lane = timeline.lanes.find(({ id }) => id === box.lane);
  const untilMs = Date.parse(box.until ?? timeline.asOf);
  const name = lane?.name ?? box.container.split(".")[0] ?? box.container;
  const own = cost?.attempts.find(
    ({ task, generation, attempt, container, outcome }) =>
      task === box.task &&
      generation === box.generation &&
      attempt === box.attempt &&
      outcome === box.outcome &&
      container === name,
  );
  const others = timeline.boxes.filter(
    ({ task, generation }) => task === box.task && generation === box.generation,
  );
  const handoff = timeline.handoffs.find(({ toBox }) => toBox === box.id);
  return (
    <dl className="space-y-1 text-[13px]">
      <Fact name="Attempt">
        {box.attempt}
        {others.length > 1 && ` (${others.length} in all)`}
        {box.generation > 1 && `, generation ${box.generation}`}
      </Fact>
      <Fact name="Outcome">
        {outcomeWords[box.outcome]}
        {box.lost && "; its container went away"}
      </Fact>
      {box.failure !== null && (
        <Fact name="Failure">
          {box.failure.title} {box.failure.detail}{" "}
          <span className="font-mono text-xs">{box.failure.code}</span>
          <span className="block text-ink-2">{box.failure.next}</span>
        </Fact>
      )}
      <Fact name="Container">
        <Link
          to="/fleet"
          search={{ container: name, ...(box.lane === null ? {} : { run: Number(box.lane) }) }}
          className="inline-block min-h-6 font-medium text-accent-ink underline"
        >
          {name}: its phases, tasks and log
        </Link>
      </Fact>
      <Fact name="Time">
        {tookWords(untilMs - Date.parse(box.from))}, from {momentWords(box.from)}
      </Fact>
      {handoff !== undefined && <Fact name="Before it">{handoffWords(handoff)}</Fact>}
      <Fact name="Cost">
        {own === undefined
          ? "not known yet"
          : own.microUsd === null
            ? `nobody charges here; ${tookWords(own.seconds * 1000)} of a container`
            : `${microUsdWords(own.microUsd)} for ${tookWords(own.seconds * 1000)} of a container`}
      </Fact>
    </dl>
  );
}

function MarkerFacts({ marker }: { marker: LaneMarkerView }) {
  const { at, sentence, decision } = marker;
  return (
    <dl className="space-y-1 text-[13px]">
      <Fact name="When">{momentWords(at)}</Fact>
      <Fact name="What">{sentence}</Fact>
      {decision !== null && (
        <>
          <Fact name="Verdict">
            {decision.verdict === null ? "not known yet" : decision.verdict.sentence}
          </Fact>
          <Fact name="Why">
            <Link
              to="/fleet"
              search={{ decision: decision.id }}
              className="inline-block min-h-6 font-medium text-accent-ink underline"
            >
              What decision {decision.id} was made from
            </Link>
          </Fact>
        </>
      )}
    </dl>
  );
}

/** What is known of the box or marker that is selected; null for one that only the plan has. */
export function BoxDetails({
  timeline,
  id,
  onClose,
}: {
  timeline: DocumentTimeline;
  id: string;
  onClose: () => void;
}) {
  const box = timeline.boxes.find((known) => known.id === id);
  const marker = timeline.markers.find((known) => known.id === id);
  if (box === undefined && marker === undefined) return null;
  const title = box === undefined ? "What happened" : taskWords(box.task);
  return (
    <Panel className="p-4">
      <div className="mb-2 flex items-center gap-2">
        <h3 className="grow font-semibold">{title}</h3>
        <button
          type="button"
          onClick={onClose}
          className="grid size-7 place-items-center rounded hover:bg-sunken"
          aria-label="Close the details"
        >
          <X aria-hidden="true" className="size-4" />
        </button>
      </div>
      {box !== undefined && <AttemptFacts timeline={timeline} box={box} />}
      {marker !== undefined && <MarkerFacts marker={marker} />}
    </Panel>
  );
}
