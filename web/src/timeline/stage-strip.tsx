import type { DocumentTimeline } from "../../../src/contract/timeline.ts";
import { durationWords } from "../lib/format.ts";
import { taskWords } from "../lib/words.ts";
import { toneFills } from "./lane-row.tsx";

type Stage = DocumentTimeline["stages"][number];

const stateWords: Readonly<Record<Stage["state"], string>> = {
  ...{ blocked: "waits for others", ready: "waits for a container", leased: "running" },
  ...{ delayed: "tried again soon", done: "done", dead: "failed" },
  ...{ skipped: "skipped", cancelled: "not done" },
};

/** How many steps a stage comes after the first ones. */
function depthsOf(stages: readonly Stage[]): Map<string, number> {
  const depths = new Map<string, number>();
  // In pack order what a stage stands on comes before it.
  for (const { task, after } of stages) {
    depths.set(task, Math.max(0, ...after.map((name) => (depths.get(name) ?? 0) + 1)));
  }
  return depths;
}

/** The stages and what they stand on, left to right: small, fixed, the same for every document of a pack. */
export function StageStrip({ stages }: { stages: readonly Stage[] }) {
  const depths = depthsOf(stages);
  const columns = [...new Set(depths.values())].toSorted((a, b) => a - b);
  return (
    <ol aria-label="Stages" className="flex flex-wrap items-center gap-x-1 gap-y-2 text-xs">
      {columns.map((depth) => (
        <li key={depth} className="flex items-center gap-1">
          {depth > 0 && (
            <span aria-hidden="true" className="text-ink-3">
              →
            </span>
          )}
          <ul className="flex flex-col gap-1">
            {stages.map((stage, index) =>
              depths.get(stage.task) === depth ? (
                <li
                  key={stage.task}
                  title={
                    stage.after.length === 0 ? "" : `after ${stage.after.map(taskWords).join(", ")}`
                  }
                  className="flex items-center gap-1.5 rounded border border-line bg-surface px-2 py-0.5"
                >
                  <span
                    aria-hidden="true"
                    className={`size-2 rounded-sm ${toneFills[index % toneFills.length]}`}
                  />
                  <span className="font-medium">{taskWords(stage.task)}</span>
                  <span className="text-ink-3">
                    {stateWords[stage.state]}
                    {stage.seconds !== null && `, ${durationWords(stage.seconds)}`}
                  </span>
                </li>
              ) : null,
            )}
          </ul>
        </li>
      ))}
    </ol>
  );
}
