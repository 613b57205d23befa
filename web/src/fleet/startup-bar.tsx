import type { ReplicaView } from "../api/types.ts";
import { type StartPhase, type StartStep, startSteps } from "../lib/fleet-words.ts";
import { durationWords } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";
import { phaseWords } from "../lib/words.ts";

const fills: Readonly<Record<StartPhase, string>> = {
  requested: "bg-step-1",
  provisioning: "bg-step-2",
  pulling_image: "bg-step-3",
  booting: "bg-step-4",
  pulling_model: "bg-step-5",
  loading: "bg-step-6",
  canary: "bg-step-7",
};

const sumOf = (steps: readonly StartStep[]): number =>
  steps.reduce((sum, { seconds }) => sum + seconds, 0);

/** A stretch a phase, as wide as it took. Its table says the same, so this is for the eye alone. */
function Bar({ steps }: { steps: readonly StartStep[] }) {
  return (
    <div aria-hidden="true" className="flex h-2.5 gap-[2px] overflow-hidden rounded-full">
      {steps.map(({ phase, seconds }) => (
        <div
          key={phase}
          data-fill
          className={`min-w-1 ${fills[phase]}`}
          style={{ flexGrow: Math.max(seconds, 0.01), flexBasis: 0 }}
        />
      ))}
    </div>
  );
}

/** The legend: what each colour is and how long it took. */
function StepTable({ name, steps }: { name: string; steps: readonly StartStep[] }) {
  return (
    <table className="mt-1.5 text-xs">
      <caption className="sr-only">How {name} started</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ phase, seconds, runs }) => (
          <tr key={phase}>
            <th scope="row" className="pr-4 text-left font-normal text-ink-2">
              <span
                aria-hidden="true"
                data-fill
                className={`mr-1.5 inline-block size-2 rounded-full ${fills[phase]}`}
              />
              {phaseWords(phase)}
            </th>
            <td className="text-right tabular-nums text-ink-3">
              {durationWords(seconds)}
              {runs && " so far"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where the time of a start goes: open while it starts, folded once it is over. */
export function StartupBar({ replica }: { replica: ReplicaView }) {
  const steps = startSteps(replica, useNow());
  if (steps.length === 0) return null;
  const parts = (
    <>
      <Bar steps={steps} />
      <StepTable name={replica.name} steps={steps} />
    </>
  );
  if (steps.at(-1)?.runs === true) {
    return (
      <div className="max-w-xl pt-1">
        <p className="mb-1 text-[13px] text-ink-2">
          Its start so far: {durationWords(sumOf(steps))}
        </p>
        {parts}
      </div>
    );
  }
  return (
    <details className="max-w-xl">
      <summary className="min-h-6 text-[13px] text-ink-2">
        Its start took {durationWords(sumOf(steps))}
      </summary>
      <div className="mt-1.5">{parts}</div>
    </details>
  );
}
