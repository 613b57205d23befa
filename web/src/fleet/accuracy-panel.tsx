import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { accuracyQuery } from "../api/queries.ts";
import type { AccuracyAnswer, ShareView } from "../api/types.ts";
import {
  basisWords,
  predictionWords,
  shareWords,
  startsWords,
  waitWords,
} from "../lib/accuracy-words.ts";
import { usdWords } from "../lib/fleet-words.ts";
import { Panel } from "../ui/panel.tsx";
import { Figure } from "./figure.tsx";

function ShareFigure({
  title,
  share,
  answer,
}: {
  title: string;
  share: ShareView;
  answer: AccuracyAnswer;
}) {
  return (
    <Figure title={title} value={shareWords(share)}>
      {basisWords(share, answer)}
    </Figure>
  );
}

function Figures({ answer }: { answer: AccuracyAnswer }) {
  const { accuracy, onTime, within30s, meanTextWaitSeconds, wastedPer100, wastedUsd } = answer;
  return (
    <>
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        <ShareFigure title="Predictive accuracy" share={accuracy} answer={answer} />
        <ShareFigure title="Text ready when needed" share={onTime} answer={answer} />
        <ShareFigure title="Begun within 30 s" share={within30s} answer={answer} />
        <Figure title="Mean wait for text" value={waitWords(meanTextWaitSeconds)} />
        <Figure title="Paid for nothing" value={usdWords(wastedUsd)}>
          {wastedPer100 === null
            ? undefined
            : `${wastedPer100.toFixed(1)} wasted starts for 100 documents`}
        </Figure>
      </dl>
      <p className="mt-2 text-[13px] text-ink-2">Starts: {startsWords(answer)}.</p>
      <Predictions answer={answer} />
    </>
  );
}

/** How often the time until text is needed lay at or below what was foretold, by progress. */
function Predictions({ answer }: { answer: AccuracyAnswer }) {
  if (answer.predictions.length === 0) return null;
  const lines = predictionWords(answer);
  return (
    <div className="mt-2 text-[13px] text-ink-2">
      <p>
        Forecasts of when text is needed, true at or below q10, q50, q90:
        {lines.length === 0 && ` too few to tell, at least ${answer.documentsMin} documents`}
      </p>
      <ul className="ml-4 list-disc">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

/** How well text containers were started ahead of their need, over the last week. */
export function AccuracyPanel() {
  const { data } = useQuery(accuracyQuery);
  if (data === undefined) return null;
  return (
    <section aria-label="Scaling accuracy">
      <h2 className="mb-2 font-semibold">
        Scaling accuracy <span className="font-normal text-ink-3">last 7 days</span>
      </h2>
      <Panel className="px-4 py-3">
        {data.documents === 0 ? (
          <p className="text-ink-2">No document has needed a text container yet.</p>
        ) : (
          <Figures answer={data} />
        )}
        {data.documents > 1 && (
          <p className="mt-2 text-[13px]">
            <Link
              to="/what-if"
              search={{ traffic: "recorded", days: 7 }}
              className="text-accent-ink underline"
            >
              Play these days back with another setting
            </Link>
            : what it would have cost, and how long people would have waited.
          </p>
        )}
      </Panel>
    </section>
  );
}
